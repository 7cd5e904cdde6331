"""What stands alone in a row of a list of names: a name, a remark of the program that wrote the list, or what has to be said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from mentor_app.core.imports import NAMED, OUT, RowOutcome, Unanswered
from mentor_app.core.people.rules import MAX_NAME
from mentor_app.core.text import N_, Text, text
from mentor_app.transfer.misspelt import NEW
from mentor_app.transfer.plain_names import is_chinese_name, is_only_words, names_nobody
from mentor_app.transfer.values import plain

_COUNTED = (
    r"people|persons?|employees?|staff|members?|users?|colleagues?|records?|rows?|lines?|entries|entry|results?|items?|names?|"
    r"personen|mitarbeiter(?:innen)?|zeilen|einträge|eintrag|datensätze|datensatz|personnes|lignes|personas|registros|"
    r"(?:人|名|位|条|條|行|项|項|个|個)(?:员工|員工|人员|人員|记录|記錄|数据|人)?|명"
)
_DONE = r"printed|generated|exported|created|prepared|produced|downloaded|extracted|compiled|issued|updated|approved|reviewed"
_REMARK = re.compile(
    "|".join(
        (
            rf"\W*(?:(?:合计|合計|总计|總計|total|showing)\W*)?\d[\d,.]*\s*(?:{_COUNTED})\b.{{0,30}}",
            r"(?:共计|共計|共|总共|人数)\W*\d.*",
            r"(?:page|showing|seite|página|(?:data )?as of|stand)\W+\d.*|\d+ (?:of|/) \d+|第\s*\d+\s*[页頁].*",
            rf"(?:(?:this|list|report|file|data|was|last|date)\s+)*(?:{_DONE})(?:\W+\d|\s+(?:on|by|at|from|for|with|via|in)\b|\s*:).*",
            r"(?:erstellt|gedruckt|exportiert|generiert)\s+(?:am|von|durch|mit|um)\b.*",
            r"(?:(?:strictly|company|highly|streng)\s+)?(?:confidential|confidentiel|vertraulich)\b.*",
            r"(?:copyright\b|©|\(c\)\s).*|.*\ball rights reserved\b.*|(?:for )?internal (?:use )?only\b.*",
            rf"(?:{_DONE}|signed|confirmed|checked|verified)\b.*\D\d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}",
            r"(?:[此本][页頁])?以下(?:[为為]?空白?|[无無](?:正文|数据|數據|内容|內容)?)|[此本][页頁](?:空白|[无無](?:正文|内容|內容))",
            r"(?:fait à|fatto a|hecho en|feito em)\s.{2,60}\d.*|[^\W\d]{2,}(?: [^\W\d]+){0,2}, (?:den|le|il|el) \d{1,2}(?:er|\.|º)?\s.{3,}\d{4}",
            r"ende der (?:liste|tabelle|datei|seite)\b.*",
            r"do not (?:distribute|share|copy|forward|print)\b.*|end of (?:the )?(?:list|report|file|data|document|table|page)\b.*",
            r"(?:制表|製表|打印|列印|导出|匯出|生成|备注|備註|机密|機密|保密|内部(?:资料|文件|使用)|数据来源|截至|截止|版权|仅供|僅供|填表|审核|审批).*",
            r"(?:制单|编制|统计(?:时间|日期|人|口径)|更新(?:时间|日期|于)|本表|此表|说明|以上(?:数据|人员|名单|为|是)).*",
        )
    ),
    re.IGNORECASE,
)
"""What programs, and whoever makes a list, write below it: a count, a page, who printed it and when, what may be done with it, that
nothing follows."""
_AROUND = "*-–—=_# ()[]【】「」<>"
_END = re.compile("(?:the )?end|eof|ende|fin|完|结束|結束|全文完|以上", re.IGNORECASE)
"""What says so where marks stand around it: somebody may be called Ende."""
_LABEL = re.compile(r"([^:：]{1,30})[:：].*")
_NO_NAME = re.compile(
    "an?|and|as|at|by|do|end|for|from|in|is|it|no|not|of|on|or|see|the|to|with|(?i:list|report|total|source|notes?|remarks?|comments?|"
    "data|date|file|table|sheet|summary|version|final|confidential|information|internal|only|prepared|printed|generated|exported|"
    "created|updated|approved|reviewed|people|persons|employees|records|human|resources|hr|company|corporation|corp|inc|ltd|llc|gmbh|"
    "liste|seite|quelle|hinweis|vertraulich)"
)
"""A word that stands in remarks, and hardly in names: in capitals An and Do are names."""
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_BETWEEN = re.compile(r"[\s,，·•・]+")


_DATED = re.compile(
    r"(?:(?:report|export|data|print|list|file)\s+)?(?:date|day|time)|as (?:of|at|on)|stand|stichtag|"
    rf"(?:last )?(?:{_DONE}|modified|changed)(?: (?:on|at|by))?|"
    r"(?:(?:导出|打印|报表|报告|更新|统计|制表|数据)?(?:日期|时间)|截至|截止|截止日期|截至日期)",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 14)
def names_a_day(cell: str) -> bool:
    """Whether this says what the day beside it is, as below lists that were exported: "As of", "Report date", 截至."""
    return _DATED.fullmatch(plain(cell).rstrip(" :：")) is not None


def reads_as_remark(cell: str) -> bool:
    """Whether this is beyond doubt no name: 共1人, "Printed on 2024-11-27 by HR", 制表人：李雷."""
    whole = plain(cell)
    clean = whole.strip(_AROUND)
    if clean != whole and _END.fullmatch(clean):
        return True
    label = _LABEL.fullmatch(clean)
    return bool(_REMARK.fullmatch(clean)) or (label is not None and not reads_as_name(label[1]))


@lru_cache(maxsize=1 << 14)
def reads_as_name(cell: str) -> bool:
    """Whether this is somebody's name, as far as its letters tell: 王芳, 欧阳 娜, "Ma Ke", "Cyru"; not "HR v2", 销售部, "12"."""
    clean = plain(cell)
    words = [word for word in _BETWEEN.split(clean) if word]
    if not 1 <= len(words) <= 5 or len(clean) > MAX_NAME or names_nobody(clean):
        return False
    if not is_only_words(" ".join(words)):
        return False
    if _CHINESE.fullmatch("".join(words)):
        return is_chinese_name("".join(words)) or "·" in clean
    return not any(map(_NO_NAME.fullmatch, words))


class Reason(Enum):
    """Why a row may be no record: what is asked of it, and how the answer is called that leaves it out."""

    REMARK = (
        N_(
            "The row holds {cells}, and {words} does not read like a name. Does it belong to the list, or is it a remark?"
        ),
        N_("It is a remark: leave the row out"),
    )
    COUNT = (
        N_("The row holds only {cells}, others more. Does it belong to the list, or is it a count?"),
        N_("It is a count: leave the row out"),
    )
    SIGNED = (
        N_("The row holds only {cells}, most others more. Does it belong to the list, or did {words} sign the list?"),
        N_("It is a signature: leave the row out"),
    )
    PART = (
        N_(
            "The row holds only {cells}, most others more, and {words} is no whole name. Does it belong to the list, or is it a place to be filled?"
        ),
        N_("It is nobody: leave the row out"),
    )
    STRANGE = (
        N_("The row holds {cells}: no name that is known here. Is it somebody, an open post, or a heading?"),
        N_("It is nobody: leave the row out"),
    )
    OPEN = (
        N_("The row holds {cells}, and nothing here is called {words}. Does {words} say that this is open still?"),
        N_("It is open still: leave the row out"),
    )
    ALONE = (
        N_("Nothing but {words} stands in this row, others hold more. Does it belong to the list, or is it a heading?"),
        N_("It is a heading: leave the row out"),
    )
    ALONE_STRANGE = (
        N_("Nothing but {words} stands in this row: no name that is known here. Is it somebody, or a heading?"),
        N_("It is nobody: leave the row out"),
    )


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Words that make a record of a row, and may make none; what the row holds, and the reason."""

    words: str
    cells: str
    reason: Reason
    is_last: bool = False
    """Whether the row is one of the last, with a name and a day where all others hold more."""
    heads_team: bool = False
    """Whether the words are the name of the team whose rows begin below."""
    in_file: str = ""
    """The words as the file has them, where they stand in several columns in another order."""

    @property
    def shown(self) -> str:
        """The words as they are asked about."""
        return self.in_file or self.words

    @property
    def comes_first(self) -> bool:
        """Whether this is asked rather than whether the words are a slip of the pen."""
        return self.reason in (Reason.REMARK, Reason.COUNT) or (self.reason is Reason.SIGNED and not self.is_last)


class NoName(Unanswered):
    """A row of a list that may be no record: a remark below the list, or who signed it. ``makes``: whether it could be one."""

    at_once = True

    def __init__(self, doubt: Doubt, makes: bool = True) -> None:
        words, cells = doubt.shown, doubt.cells
        asked, out = doubt.reason.value
        super().__init__(asked, words=words, cells=cells)
        self.key, self.about = NAMED + doubt.words, words
        belongs = text("{name} is somebody", name=words) if cells == words else text("It belongs to the list")
        self.choices = [(belongs, NEW), (text(out), OUT)] if makes else [(text(out), OUT)]
        self.answer = text('Say --name "{name}=new" or --name "{name}=out".', name=words)
        if not makes:
            self.answer = text('Say --name "{name}=out", or correct it in the file.', name=words)


def of_all(outcomes: Sequence[RowOutcome]) -> list[Text]:
    """How several rows that may be no records are answered at once, on the command line."""
    doubted = {number: one for number, _, one in outcomes if isinstance(one, NoName)}
    if len({one.key for one in doubted.values()}) < 2:
        return []
    if not all(NEW in [value for _, value in one.choices] for one in doubted.values()):
        words = N_('--name "*=out" leaves out all {n} of which it is asked whether they belong to the list.')
    else:
        words = N_(
            '--name "*=out" leaves out all {n} of which it is asked whether they belong to the list, --name "*=new" takes them all.'
        )
    others = N_("What else is asked, as whose an employee number is, is answered of each row by itself.")
    has_others = any(isinstance(one, Unanswered) and not isinstance(one, NoName) for _, _, one in outcomes)
    return [text(words, n=len(doubted)), *([text(others)] if has_others else [])]
