"""Industries by name: the well-known ones are said in the reader's language, others as somebody wrote them."""

from __future__ import annotations

import unicodedata

from mentor_app.core.text import N_

INDUSTRIES = {
    N_("Manufacturing"): ("industrial manufacturing", "制造", "制造业"),
    N_("Electronics"): ("电子", "电子业", "电子行业"),
    N_("Semiconductors"): ("semiconductor", "半导体"),
    N_("Machinery"): ("mechanical engineering", "机械", "装备制造"),
    N_("Automotive"): ("automobile", "cars", "汽车", "汽车行业"),
    N_("Chemicals"): ("chemical", "化工", "化工行业"),
    N_("Energy"): ("能源", "能源行业"),
    N_("Utilities"): ("公用事业",),
    N_("Construction"): ("建筑", "建筑业"),
    N_("Real estate"): ("property", "房地产", "地产"),
    N_("Retail"): ("retailing", "零售", "零售业"),
    N_("E-commerce"): ("ecommerce", "电商", "电子商务"),
    N_("Consumer goods"): ("fmcg", "消费品", "快消", "快消品"),
    N_("Food and beverage"): ("food", "food & beverage", "食品", "食品饮料"),
    N_("Logistics"): ("物流", "物流业"),
    N_("Transport"): ("transportation", "交通", "交通运输"),
    N_("Healthcare"): ("health care", "health", "medical", "医疗", "医疗健康"),
    N_("Pharmaceuticals"): ("pharma", "pharmaceutical", "医药", "制药"),
    N_("Finance"): ("financial services", "金融", "金融业"),
    N_("Banking"): ("banks", "银行", "银行业"),
    N_("Insurance"): ("保险", "保险业"),
    N_("Education"): ("教育", "教育行业"),
    N_("Government"): ("public sector", "政府", "政务"),
    N_("Technology"): ("tech", "科技"),
    N_("Software"): ("软件", "软件业"),
    N_("Internet"): ("互联网",),
    N_("Telecommunications"): ("telecom", "telecoms", "电信", "通信"),
    N_("Media"): ("传媒", "媒体"),
    N_("Entertainment"): ("娱乐", "文娱"),
    N_("Marketing"): ("advertising", "营销", "广告"),
    N_("Hospitality"): ("hotels", "酒店", "酒店餐饮"),
    N_("Agriculture"): ("farming", "农业"),
    N_("Services"): ("服务", "服务业"),
}
"""How an industry is named → how it is written besides."""


def _compared(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


_KNOWN = {_compared(word): name for name, others in INDUSTRIES.items() for word in (name, *others)}


def known_industry(written: str) -> str | None:
    """The name of the industry meant by what somebody wrote, where it is a well-known one."""
    return _KNOWN.get(_compared(written))
