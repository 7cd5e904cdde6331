"""One activity with everything said about it, and what may be done with it now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS, PARTS, PHASES, STATES, ActivityState, ReviewDecision, field_words
from mentor_app.core.logbook.rules import EDITABLE
from mentor_app.core.text import N_
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import DraftKeeper
from mentor_app.ui.i18n import plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import Task, timer
from mentor_app.ui.widgets.cards import Card
from mentor_app.ui.widgets.controls import badge, button, has_focus, label, labelled, on_keys, set_badge, shortened
from mentor_app.ui.widgets.forms import text_field
from mentor_app.ui.widgets.layouts import clear, scrolling
from mentor_app.ui.widgets.meant import REST

if TYPE_CHECKING:
    from mentor_app.core.logbook.queries import Activity
    from mentor_app.core.store import Done

T = TypeVar("T")

ACTIVITY_LOOK = {
    ActivityState.PLANNED: "accent",
    ActivityState.DRAFT: "plain",
    ActivityState.SUBMITTED: "due",
    ActivityState.RETURNED: "bad",
    ActivityState.SIGNED_OFF: "good",
    ActivityState.WITHDRAWN: "plain",
}


_SAID = {
    ReviewDecision.SIGNED_OFF: N_("Signed off by {name}"),
    ReviewDecision.RETURNED: N_("Sent back by {name}"),
    ReviewDecision.TAKEN_BACK: N_("Taken back by {name}"),
}
AT_REST = N_("One moment: another entry may have moved up.")
"""Why nothing can be pressed just after an answer."""


class ActivityPanel(Card):
    """Shows the chosen activity; its buttons act on it, feedback is written in place."""

    answering = Signal()
    """Something was done with the entry: the focus belongs to the list it was chosen in, not to a button."""
    rests = Signal(bool)
    """Whether presses are not taken for a moment, for the next entry has moved up."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.activity: Activity | None = None
        self._reader: int | None = None
        self._drafts = context.drafts
        head = QHBoxLayout()
        self.title = label("", "cardtitle", wrap=True)
        self.state = badge("–")
        head.addWidget(self.title, 1)
        head.addWidget(self.state)
        self.body.addLayout(head)
        self.about = label("", "muted", wrap=True)
        self.body.addWidget(self.about)
        holder = QWidget()
        holder.setObjectName("content")
        self._texts = QVBoxLayout(holder)
        self._texts.setContentsMargins(0, 8, 0, 8)
        self.body.addWidget(scrolling(holder), 1)
        self.feedback = text_field(lines=3)
        self.feedback.setAccessibleName(tr("Feedback"))
        self.feedback.setPlaceholderText(tr("Feedback for the new hire"))
        self.body.addWidget(self.feedback)
        self._autosave = context.autosave(self, self._keep_feedback)
        self._unkept: dict[tuple[int | None, int], tuple[DraftKeeper, str, str]] = {}
        self._waiting, self._settled = set[int](), set[tuple[int, dt.datetime]]()
        self.answered: set[int] = set()
        """What was answered or moved on here: it is no wonder where it leaves a list."""
        self._slow = timer(self, 150, self._show_waiting)
        self.feedback.textChanged.connect(self._autosave.touch)
        self.sign = button(tr("Sign off") + "  Ctrl+Enter", self._sign, primary=True)
        self.sign.setAccessibleName(tr("Sign off"))
        self.score = button(tr("Score…"), lambda: context.go(Place("logbook", "score", self._id())))
        self.send_back = button(tr("Send back"), self._send_back)
        self.edit = button(tr("Change…"), lambda: context.go(Place("logbook", "change", self._id())))
        self.correct = button(tr("Correct…"), lambda: context.go(Place("logbook", "correct", self._id())))
        self.submit = button(tr("Hand in"), self._submit)
        self.withdraw = button(tr("Withdraw"), self._withdraw)
        self.restore = button(tr("Restore"), self._restore)
        self._answers = (
            self.sign,
            self.send_back,
            self.score,
            self.withdraw,
            self.submit,
            self.restore,
            self.edit,
            self.correct,
        )
        self._rest = timer(self, REST, self._rested)
        self.said = _remark()
        room = self.score.sizePolicy()
        room.setRetainSizeWhenHidden(True)  # or what stands below would come to stand in its place
        self.score.setSizePolicy(room)
        self._add_buttons((self.sign,), self.send_back)
        self._add_buttons((self.score,))
        self._add_buttons((self.submit, self.edit, self.correct, self.withdraw, self.restore))
        self.body.addWidget(self.said)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            on_keys(self, keys, self._sign_if_offered)
        self.show_activity(None)

    def _add_buttons(self, buttons: Sequence[QWidget], apart: QWidget | None = None) -> None:
        """A row of buttons; one set ``apart`` stands where no other button of the row ever does."""
        row = QHBoxLayout()
        for item in buttons:
            row.addWidget(item)
            self.guard(item)
        row.addStretch()
        if apart is not None:
            row.addWidget(apart)
            self.guard(apart)
        self.body.addLayout(row)

    def guard(self, item: QWidget) -> None:
        """Let no press on a button that answers an entry be meant for the one before: while it rests, a press begins the rest
        anew."""
        item.installEventFilter(self)

    def show_activity(self, activity: Activity | None) -> None:
        """Show this one; None: nothing is chosen."""
        reader = self._reader_now()
        same = (
            self.activity is not None
            and activity is not None
            and (self.activity.id, self._reader) == (activity.id, reader)
        )
        if not same:
            self._autosave.flush()
        if reader != self._reader:  # unfinished words are each person's own, also those typed while another takes over
            drafts = self._context.drafts
            self._drafts = drafts if reader is None else drafts.as_now()
        self.activity, self._reader = activity, reader
        clear(self._texts)
        if not same or not self._autosave.pending:
            self._take_up()
        if not same and not self.resting:
            self.said.clear()
        if activity is None:
            self.title.setText(tr("Choose an entry to read it"))
            self.about.setText("")
            set_badge(self.state, "", "plain")
            for item in (
                self.feedback,
                self.sign,
                self.score,
                self.send_back,
                self.edit,
                self.correct,
                self.submit,
                self.withdraw,
                self.restore,
            ):
                self._show_item(item, False)
            return
        self._fill(activity)
        self._allow(activity)
        self._show_waiting()

    def _fill(self, a: Activity) -> None:
        kind, details = KINDS[a.details.kind], a.details
        self.title.setText(shortened(labelled(tr(kind.name), a.subject), 120))
        set_badge(self.state, tr(STATES[a.state]), ACTIVITY_LOOK[a.state])
        facts = [a.person, details.held_on.isoformat() if details.held_on else tr("no date")]
        facts += [details.at_time] if details.at_time else []
        facts += [plural("{n} minute", "{n} minutes", n=details.minutes)] if details.minutes else []
        facts += [tr(PHASES[details.phase])] if details.phase else []
        facts += [tr(PARTS[details.part])] if details.part else []
        facts += [tr("depth {n} of 5", n=details.depth)] if details.depth else []
        facts += [tr("with {name}", name=a.host)] if a.host else []
        self.about.setText(shortened(" · ".join(facts), 400))
        if a.revises_id is not None:
            self._add("", tr("A correction of an earlier entry."))
        if a.revised_by is not None:
            self._add("", tr("A signed-off correction stands in its place."))
        title = () if details.title == a.subject else ("title",)  # which is said above, where no customer is
        for name in (*title, "seen", "learned", "next_step"):
            if getattr(details, name):
                self._add(tr(field_words(details.kind, name)), getattr(details, name))
        for assessment in a.assessments:
            scores = " · ".join(f"{s:g}" for s in assessment.scores)
            score = f"{assessment.score:.2f}".rstrip("0").rstrip(".")
            self._add(tr("Score {score} by {name}", score=score, name=assessment.by), scores)
        for review in a.reviews:
            words = tr(_SAID[review.decision], name=review.by)
            self._add(f"{words} · {review.at:%Y-%m-%d}", review.comment or "")
        self._texts.addStretch()

    def _add(self, heading: str, words: str) -> None:
        if heading:
            self._texts.addWidget(label(shortened(heading, 120), "note", wrap=True))
        if words:
            self._texts.addWidget(label(words[:4000], wrap=True))

    def _allow(self, a: Activity) -> None:
        me = self._context.me
        mine = me is not None and me.id == a.person_id
        signs = self._context.may("logbook.sign_off") and not mine
        own = mine or self._context.may("logbook.for_others")
        scored = KINDS[a.details.kind].scored
        done = me is not None and me.id in {assessment.by_id for assessment in a.assessments}
        waiting = a.state == ActivityState.SUBMITTED
        last = a.reviews[-1].decision if a.reviews else None  # of what is withdrawn: as what it was
        signed = last == ReviewDecision.SIGNED_OFF
        words = bool(self.feedback.toPlainText().strip())  # these are never hidden
        self._show_item(self.feedback, (signs and waiting) or words)
        self._show_item(self.sign, signs and waiting and (not scored or bool(a.assessments)))
        self._show_item(self.send_back, signs and waiting)
        self.score.setText(tr("Correct the score…") if done else tr("Score…"))
        self._show_item(self.score, signs and scored and a.state in (ActivityState.SUBMITTED, ActivityState.SIGNED_OFF))
        self._show_item(self.edit, own and a.state in EDITABLE)
        self._show_item(self.submit, own and a.state in EDITABLE)
        self._show_item(self.correct, own and a.state == ActivityState.SIGNED_OFF and a.revised_by is None)
        self._show_item(
            self.withdraw,
            (own and a.state in {*EDITABLE, ActivityState.SUBMITTED})
            or (signs and a.state == ActivityState.SIGNED_OFF),
        )
        self._show_item(self.restore, a.state == ActivityState.WITHDRAWN and (signs if signed else own))

    def _show_item(self, item: QWidget, visible: bool) -> None:
        """Show or hide a field or button. The focus goes to nothing that a key could press: Qt would hand it to the next
        button, which may withdraw the entry."""
        if not visible and has_focus(item):
            self.setFocus()
        item.setVisible(visible)

    # -- feedback is kept while it is typed

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """What was typed for the same entry on another page stands here, too."""
        super().showEvent(event)
        if self._reader != self._reader_now():
            self.show_activity(self.activity)
        elif not self._autosave.pending:
            self._take_up()

    def _reader_now(self) -> int | None:
        return self._context.me.id if self._context.me is not None else None

    def _take_up(self) -> None:
        words = self._words_for(self._id())
        if self.feedback.toPlainText() != words:
            self.feedback.setPlainText(words)
            self._autosave.forget()
        if self._unkept:  # what was typed of another entry is tried again, and asked about before the window closes
            self._autosave.touch()

    def _words_for(self, activity_id: int) -> str:
        """The feedback typed for an entry and not given yet."""
        unkept = self._unkept.get((self._reader, activity_id))
        if unkept is not None:
            return unkept[2]
        draft = self._drafts.get(_feedback_on(activity_id))
        if draft is not None:
            return str(draft.values.get("feedback", ""))
        given, words = self._given_back()
        return words if given is not None and activity_id == given[0] and given not in self._settled else ""

    def _given_back(self) -> tuple[tuple[int, dt.datetime] | None, str]:
        """Which own answer to the entry shown was taken back last, as (the entry, when), and its words: to be corrected."""
        a = self.activity
        if a is None or a.state != ActivityState.SUBMITTED or len(a.reviews) < 2:
            return None, ""
        answer, back = a.reviews[-2:]
        if back.decision != ReviewDecision.TAKEN_BACK or not answer.by_id == back.by_id == self._reader:
            return None, ""
        return (a.id, back.at), answer.comment or ""

    def _settle_given_back(self) -> None:
        """Those words were given again, or are not wanted: they don't come back into the field."""
        given, _ = self._given_back()
        if given is not None:
            self._settled.add(given)

    def _id(self) -> int:
        return self.activity.id if self.activity is not None else 0

    def _keep_feedback(self) -> None:
        """Keep what is typed, and what could not be kept before; OSError where that is impossible now."""
        words = self.feedback.toPlainText()
        if not words.strip():
            self._settle_given_back()
        if self.activity is not None and words != self._words_for(self._id()):
            self._unkept[self._reader, self.activity.id] = self._drafts, self.title.text(), words
        for key, (drafts, title, words) in list(self._unkept.items()):
            if words.strip():
                drafts.put(_feedback_on(key[1]), labelled(tr("Feedback"), title), {"feedback": words})
            else:
                drafts.drop(_feedback_on(key[1]))
            del self._unkept[key]

    def give_answer(
        self, activity_ids: Sequence[int], ask: Callable[[Mapping[int, str]], Task[Done[T]]], said: str = ""
    ) -> None:
        """Answer entries, each with the feedback typed for it. Until the logbook has taken it, nothing more is typed or
        pressed for them: it would be no part of the answer. Then their drafts end; what is refused stays as it was typed."""
        if not self._waiting.isdisjoint(activity_ids):
            return
        self._autosave.flush()
        drafts, reader = self._drafts, self._reader
        each = {activity_id: self._words_for(activity_id) for activity_id in activity_ids}
        which = f"{self.title.text()}, {self.about.text()}" if len(activity_ids) == 1 else ""
        self._waiting.update(activity_ids)
        self.answered.update(activity_ids)  # before the list hears of it
        if self._id() in self._waiting:
            self._leave_buttons()  # what is typed on is meant for no other entry, which may move up here
        self.feedback.setReadOnly(self._id() in self._waiting)
        self._slow.start()  # mostly it is over before it could be seen

        def answered() -> None:
            self._waiting.difference_update(activity_ids)
            self._begin_rest()

        def done(_done: Done[T]) -> None:
            for activity_id, words in each.items():
                drafts.drop_same(_feedback_on(activity_id), {"feedback": words})
                self._unkept.pop((reader, activity_id), None)
            if self._id() in each:
                self._settle_given_back()
            if self.feedback.toPlainText() == each.get(self._id()):
                self.feedback.clear()
                self._autosave.forget()
            answered()
            if said:
                self._context.toast(said)

        def refused(error: Exception) -> None:
            self.answered.difference_update(activity_ids)
            answered()
            self._context.tasks.failed.emit(_about(error, which))
            self._context.query(lambda _connection: None, reread).then(reread, lambda _store_is_away: None)

        def reread(_: object) -> None:  # somebody else may have answered meanwhile
            self._context.tasks.changed.emit(frozenset({"logbook"}))

        ask(each).then(done, refused)

    @property
    def resting(self) -> bool:
        """Whether something was just answered, so that a further press may be meant for what stood here before."""
        return self._rest.isActive()

    def forget_answered(self, activity_id: int) -> None:
        """It is listed again: brought back since it was answered here, unless that is only under way."""
        if not self.resting and not self._waiting:
            self.answered.discard(activity_id)

    def _show_waiting(self) -> None:
        waits = self._id() in self._waiting
        self.feedback.setReadOnly(waits)
        for item in self._answers:
            if (waits or self.resting) and has_focus(item):
                self.setFocus()
            item.setEnabled(not waits and not self.resting)

    def _begin_rest(self) -> None:
        self._rest.start()
        self.said.setText(tr(AT_REST))
        for item in self._answers:
            item.setToolTip(tr(AT_REST))
        self._show_waiting()
        self.rests.emit(True)

    def _rested(self) -> None:
        if self.said.text() == tr(AT_REST):  # what came of a press stays to be read
            self.said.clear()
        for item in self._answers:
            item.setToolTip("")
        self._show_waiting()
        self.rests.emit(False)
        focused = self.window().focusWidget()
        if self.isVisible() and (focused is None or not focused.focusPolicy() & Qt.FocusPolicy.TabFocus):
            self.answering.emit()  # a press on a button at rest has left it nowhere

    def _leave_buttons(self) -> None:
        if self.isAncestorOf(self.focusWidget() or self):
            self.setFocus()
            self.answering.emit()

    def _do(self, task: Task[Done[T]], done: Callable[[], object] = lambda: None) -> None:
        """What follows once an entry was moved on: the next one stands here, and no second press is meant for it."""
        self._leave_buttons()
        self._begin_rest()
        self.answered.add(self._id())

        def moved(_done: Done[T]) -> None:
            self._begin_rest()
            done()

        task.then(moved)

    # -- what the buttons do

    def _sign_if_offered(self) -> None:
        if not self.isVisible():
            return
        if self.resting:
            self._say_not_taken()
        elif self.sign.isVisible():
            self.said.clear()
            self.sign.click()
        elif self.activity is not None:
            self.said.setText(self._why_not_signed(self.activity))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click on a button at rest is told that it did nothing: the disabled button itself only swallows it."""
        if event.type() == QEvent.Type.MouseButtonPress and self.resting:
            self._say_not_taken()
        return super().eventFilter(watched, event)

    def _say_not_taken(self) -> None:
        """The press was meant for the entry before, perhaps: whoever presses on and on answers nothing by it."""
        self._begin_rest()
        self.said.setText(
            tr(
                "That press did nothing: it came too soon after the answer. Read what stands here now, then press again."
            )
        )

    def _why_not_signed(self, a: Activity) -> str:
        by = a.reviews[-1].by if a.reviews else ""
        if a.state == ActivityState.SIGNED_OFF:
            return tr("Nothing was done: {name} has signed this entry off already.", name=by)
        if a.state == ActivityState.RETURNED:
            return tr("Nothing was done: {name} has sent this entry back; it has to be handed in again.", name=by)
        if a.state != ActivityState.SUBMITTED:
            return tr("Nothing was done: this entry is not handed in. It is: {state}.", state=tr(STATES[a.state]))
        if self.score.isVisible():
            return tr("Nothing was done: this entry needs a score first.")
        return tr("Nothing was done: it is for somebody else to sign off this entry.")

    def _sign(self) -> None:
        from mentor_app.core.logbook.actions import sign_off

        chosen, act = self._id(), self._context.act
        self.give_answer([chosen], lambda each: act(sign_off, [chosen], each))

    def _send_back(self) -> None:
        from mentor_app.core.logbook.actions import send_back

        chosen, act = self._id(), self._context.act
        self.give_answer([chosen], lambda each: act(send_back, chosen, each[chosen]))

    def _submit(self) -> None:
        from mentor_app.core.logbook.actions import submit

        chosen = self._id()
        context = self._context
        change = Place("logbook", "change", chosen)
        if context.drafts.get(change) is not None:
            context.go(change)
            context.toast(tr("Your change of this entry is not finished: hand it in here."))
            return
        self._do(
            context.act(submit, [chosen], context.today()),
            lambda: context.toast(tr("Handed in; it waits for sign-off.")),
        )

    def _withdraw(self) -> None:
        from mentor_app.core.logbook.actions import withdraw

        self._do(self._context.act(withdraw, [self._id()]))

    def _restore(self) -> None:
        from mentor_app.core.logbook.actions import restore

        self._do(self._context.act(restore, [self._id()]))


def _remark() -> QLabel:
    """Three lines for what came of a press; also empty it keeps its room, so that no button moves under the mouse."""
    made = label("", "note", wrap=True)
    made.setMinimumHeight(3 * made.fontMetrics().lineSpacing())
    made.setAlignment(Qt.AlignmentFlag.AlignTop)
    return made


def _about(error: Exception, which: str) -> Exception:
    """What went wrong, and with which entry: another one may be shown by now."""
    if not isinstance(error, UserError) or not which:
        return error
    return UserError("{which}: {reason}", which=which, reason=error.message)


def _feedback_on(activity_id: int) -> Place:
    return Place("logbook", "feedback", activity_id)
