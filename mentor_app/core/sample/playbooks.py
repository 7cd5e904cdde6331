"""The sample team's playbooks: answers to real objections in both languages, handbooks in every state."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from mentor_app.core.pairing.rules import PairingState
from mentor_app.core.pairing.tables import pairing
from mentor_app.core.playbooks import actions, obligations, reviewing
from mentor_app.core.playbooks.reviewing import Comment
from mentor_app.core.playbooks.rules import Part
from mentor_app.core.playbooks.tables import playbook, playbook_answer, playbook_kind, playbook_part
from mentor_app.core.store import Actor, Session

Hired = tuple[int, str, dt.date]
ANSWERS = (
    Part(
        title="你们比竞品贵三成，为什么选你们？",
        body="先问清比的是哪一项，再谈**总拥有成本**：\n\n- 停机一小时损失多少\n- 三年维护费多少\n\n报价单只是开始。",
        product="智联 MES",
        industry="制造",
        stage="negotiation",
        tags="价格 竞品",
    ),
    Part(
        title="预算今年已经用完了",
        body="分期验收，明年一季度付款；先做一条产线的试点，费用走维护科目。",
        product="智联 MES",
        industry="制造",
        stage="negotiation",
        tags="价格 时间",
    ),
    Part(
        title="现在不是时候，等明年再说",
        body="问清等待的代价，用同行业案例说明晚一年的损失；约好明年一月的复查点。",
        product=None,
        industry="零售",
        stage="discovery",
        tags="时间",
    ),
    Part(
        title="没听说过你们公司，怎么相信？",
        body="给三家同规模客户的联系方式，约实地参观；合同里写明验收不过不付款。",
        product=None,
        industry=None,
        stage="qualified",
        tags="信任",
    ),
    Part(
        title="我们已经有供应商了",
        body="不求替换，先解决现供应商做不到的一件事，做成了再谈第二件。",
        product="FleetView",
        industry="物流",
        stage="qualified",
        tags="竞品",
    ),
    Part(
        title="数据安全谁来保证？",
        body="出示等保三级证书；数据不出厂区，运维账号双人审批。",
        product="智联 MES",
        industry="制造",
        stage="solution",
        tags="信任 安全",
    ),
    Part(
        title="能不能再降 10%？",
        body="降价要有交换：付款提前、量加倍或合同期加长。先问：价格之外还有什么没谈妥？",
        product=None,
        industry=None,
        stage="negotiation",
        tags="价格",
    ),
    Part(
        title="你们的实施周期太长",
        body="把第一阶段缩到六周，只做看得见效果的两个工位。",
        product="智联 MES",
        industry="电子",
        stage="solution",
        tags="时间",
    ),
    Part(
        title="老板不会批的",
        body="请教：老板最看重哪三个数？我们一起准备一页纸。",
        product=None,
        industry=None,
        stage="negotiation",
        tags="决策",
    ),
    Part(
        title="售后响应慢怎么办？",
        body="合同写明两小时响应、四小时到场，每季度公布达成率。",
        product="云仓 WMS",
        industry="物流",
        stage="delivery",
        tags="信任 服务",
    ),
)
MORE = (
    Part(
        title="Your price is too high",
        body="Ask what they compare with, then talk **total cost of ownership**: downtime, service, training.",
        product="FleetView",
        industry="Logistics",
        stage="negotiation",
        tags="price",
    ),
    Part(
        title="We are happy with our current vendor",
        body="Find the one thing the incumbent cannot do, and solve only that.",
        product="FleetView",
        industry="Logistics",
        stage="qualified",
        tags="competitor",
    ),
    Part(
        title="Call me next quarter",
        body="Agree on what must be true by then; send a short plan with two dates.",
        product=None,
        industry="Retail",
        stage="discovery",
        tags="timing",
    ),
    Part(
        title="How do we know you will still exist in five years?",
        body="Show audited figures and three references of their size.",
        product=None,
        industry=None,
        stage="qualified",
        tags="trust",
    ),
    Part(
        title="We will build it ourselves",
        body="Ask who maintains it in year three, and what that team will not do meanwhile.",
        product="PowerSense",
        industry="Energy",
        stage="solution",
        tags="competitor",
    ),
    Part(
        title="Send me some information",
        body="Ask which of three questions it should answer; send one page, with a date to talk.",
        product=None,
        industry=None,
        stage="qualified",
        tags="timing",
    ),
)


SECTIONS = (
    "华宇机电，年销 3 亿，产线十二条。去年换过一家供应商。",
    "采购王工提需求，生产李总拍板，财务看回款。",
    "停机没有记录，月底对不上账。",
    "竞品 A 报价低两成，但无现场服务。",
    "1. 先做一条线的试点\n2. 三个月看停机\n3. 再谈框架",
    "- 贵：谈停机损失\n- 慢：六周见效果",
    "试点三个月，停机降 **18%**，签两年框架。",
)


def fill_playbooks(session: Session, mentors: list[Hired], trainer: Hired) -> None:
    """Two mentors' answers approved and rated, one sent back with comments, one in review; handbooks begun."""
    by = Actor(trainer[1], trainer[0])
    known = obligations.kinds_of(session)
    for pairing_id in session.connection.execute(select(pairing.c.id).order_by(pairing.c.id)).scalars().all():
        obligations.begin_owed(session, pairing_id, known, past=True)
    p, k = playbook.c, playbook_kind.c
    owed = session.connection.execute(
        select(p.id, p.owner_id, p.pairing_id, k.key).join(playbook_kind, k.id == p.kind_id).order_by(p.id)
    ).all()
    names = {mentor[0]: mentor[1] for mentor in mentors}
    objections = [row for row in owed if row.key == "objections" and row.owner_id in names]
    for at, (row, parts) in enumerate(zip(objections, (ANSWERS, MORE, ANSWERS[3:6], MORE[:2]), strict=False)):
        me = Actor(names[row.owner_id], row.owner_id)
        actions.save_parts(session, me, row.id, parts)
        actions.submit(session, me, row.id)
        if at < 2:
            reviewing.approve(session, by, row.id, "可直接对客户讲 Ready for the field" if at == 0 else "")
        elif at == 2:
            comment = Comment(0, "验收不过不付款", "法务不同意这一句，改成分期 Legal does not agree")
            reviewing.ask_for_changes(session, by, row.id, "再补两条价格类", [comment])
    handbooks = [row for row in owed if row.key == "handbook" and row.owner_id in names]
    completed = set(
        session.connection.execute(select(pairing.c.id).where(pairing.c.state == PairingState.COMPLETED)).scalars()
    )
    for at, row in enumerate(handbooks):
        me, c = Actor(names[row.owner_id], row.owner_id), playbook_part.c
        sections = session.connection.execute(
            select(c.id, c.title).where(c.playbook_id == row.id).order_by(c.position)
        ).all()
        over = row.pairing_id in completed
        for n, section in enumerate(sections if over and at % 7 else sections[: at % 5]):
            actions.save_part(session, me, row.id, Part(title=section.title, body=SECTIONS[n]), section.id)
        if over and at % 7:
            actions.submit(session, me, row.id)
            if at % 5:
                reviewing.approve(session, by, row.id)
    readers = [Actor(mentor[1], mentor[0]) for mentor in mentors[-4:]]
    answers = (
        session.connection.execute(select(playbook_answer.c.id).order_by(playbook_answer.c.id).limit(6)).scalars().all()
    )
    for at, reader in enumerate(readers):
        for answer_id in answers[: 2 + at]:
            actions.rate(session, reader, answer_id, (answer_id + at) % 4 != 0)
