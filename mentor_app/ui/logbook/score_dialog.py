"""Scoring a practice by its rubric, and signing it off in the same step if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS, ActivityState
from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button
from mentor_app.ui.widgets.dialogs import FormDialog
from mentor_app.ui.widgets.forms import BadField, read_number

if TYPE_CHECKING:
    from mentor_app.core.camp.programme import Rubric
    from mentor_app.core.logbook.queries import Activity
    from mentor_app.core.store import Connection


def open_score(window: QWidget, context: Context, place: Place) -> None:
    """Ask for the scores of the entry ``place.id``, by the rubric of its person's programme."""
    wanted = place.id or 0

    def read(connection: Connection) -> tuple[Activity, Rubric | None] | None:
        from mentor_app.core.camp.queries import published, standing
        from mentor_app.core.logbook.queries import activities

        activity = activities(connection, [wanted]).get(wanted)
        if activity is None:
            return None
        stands = standing(connection, activity.person_id, context.today())
        programme = stands.programme if stands else published(connection).programme
        return activity, programme.rubric(activity.details.kind)

    def show(found: tuple[Activity, Rubric | None] | None) -> None:
        if found is None:
            context.toast(tr("This entry is not there any more."))
        elif context.me is not None and context.me.id == found[0].person_id:
            context.refuse(N_("Nobody scores their own activity."))
        else:
            context.present(ScoreDialog(window, context, place, *found))

    context.query(read, show)


class ScoreDialog(FormDialog):
    """A score for each criterion of the rubric, then sign-off in the same step if wanted."""

    def __init__(
        self, parent: QWidget, context: Context, place: Place, activity: Activity, rubric: Rubric | None
    ) -> None:
        super().__init__(parent, context, tr("Score"), tr("Save the score"), place)
        self._activity = activity
        self.headed(f"{tr(KINDS[activity.details.kind].name)} · {activity.person}")
        self.concerns = activity.person
        self._top = rubric.top if rubric else 0
        self._criteria = [criterion(current().language) for criterion in rubric.criteria] if rubric else []
        self.scores: list[QLineEdit] = []
        me = context.me.id if context.me is not None else None
        before = next((one.scores for one in activity.assessments if one.by_id == me), ())
        self.stored = bool(before)
        for at, words in enumerate(self._criteria):
            given = f"{before[at]:g}" if at < len(before) else ""
            field = QLineEdit(given, placeholderText=f"0–{self._top:g}")
            self.row(f"{words} (0–{self._top:g})", field)
            self.scores.append(field)
        self.both = button(tr("Save and sign off"), lambda: self.do(self._both))
        self.both.setVisible(activity.state == ActivityState.SUBMITTED)
        self.buttons.insertWidget(2, self.both)

    def given(self) -> list[float]:
        """The scores, as many as there are criteria. BadField where one is missing, none, or out of range."""
        said = []
        for criterion, field in zip(self._criteria, self.scores, strict=True):
            score = read_number(field)
            if score is None:
                raise BadField(
                    field,
                    "{criterion} has no score yet. Give one from 0 to {top}.",
                    criterion=criterion,
                    top=f"{self._top:g}",
                )
            if not 0 <= score <= self._top:
                raise BadField(
                    field,
                    "{criterion}: {words} is not from 0 to {top}.",
                    criterion=criterion,
                    words=field.text().strip()[:40],
                    top=f"{self._top:g}",
                )
            said.append(score)
        return said

    @override
    def work(self) -> None:
        from mentor_app.core.logbook.actions import assess

        self.act(assess, self._activity.id, self.given())

    def _both(self) -> None:
        from mentor_app.core.logbook.actions import sign_off

        context, chosen, scores = self.context, self._activity.id, self.given()
        if not context.flush():
            raise UserError(
                "The feedback typed for this entry can't be kept on this computer, so it would not go along: {reason}",
                reason=context.reason_unkept(),
            )
        drafts = context.drafts.as_now()
        feedback = Place("logbook", "feedback", chosen)
        draft = drafts.get(feedback)
        words = str(draft.values.get("feedback", "")) if draft else ""

        def signed(_done: object) -> None:
            drafts.drop_same(feedback, {"feedback": words})
            context.toast(tr("Scored and signed off."))

        self.act(sign_off, [chosen], words, scores).then(signed)
