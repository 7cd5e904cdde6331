"""Everybody who mentors as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import industry, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.lists import SearchList
from mentor_app.ui.widgets.rows_model import ColumnSpec
from mentor_app.ui.widgets.views import RecordList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentor_app.core.matching.criteria import Mentor
    from mentor_app.core.store import Connection


class MentorsView(RecordList["Mentor"]):
    """Everybody who mentors."""

    kind = "person"

    records = Place("pairing", "mentor")

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.title = tr("Mentors")
        self.show_list(
            SearchList(
                context.tasks,
                tr("Mentors"),
                tr("Search mentors"),
                [
                    ColumnSpec("name", tr("Name"), lambda m: m.name, width=150, first=True),
                    ColumnSpec("region", tr("Region"), lambda m: tr(m.region) if m.region else "–", width=100),
                    ColumnSpec("industry", tr("Industry"), lambda m: industry(m.industry) or "–", width=130),
                    ColumnSpec(
                        "active",
                        tr("Apprentices"),
                        lambda m: tr("{n} of {all}", n=m.active, all=m.capacity),
                        width=128,
                        keep=True,
                    ),
                    ColumnSpec(
                        "completed", tr("Completed"), lambda m: str(m.completed), figure=True, width=128, keep=True
                    ),
                    ColumnSpec("remark", tr("Remark"), _remark, width=150, whole=True),
                ],
                tr("Nobody has the role Mentor yet. Give it on the page People."),
                "name",
                order={"remark": _remark, "region": lambda m: m.region},
            )
        )

    @override
    def read(self, connection: Connection) -> list[Mentor]:
        from mentor_app.core.pairing.queries import mentors

        return mentors(connection, self._context.today())

    @override
    def said(self, rows: Sequence[Mentor]) -> str:
        return plural(
            "{n} mentor · {m} with room", "{n} mentors · {m} with room", n=len(rows), m=sum(m.places > 0 for m in rows)
        )


def _remark(mentor: Mentor) -> str:
    if mentor.barred is not None:
        return tr("not senior yet")
    if mentor.leaves_on is not None:
        return tr("leaves on {date}", date=mentor.leaves_on)
    if mentor.active > mentor.capacity:
        return tr("overloaded")
    return tr("full") if mentor.active == mentor.capacity else ""
