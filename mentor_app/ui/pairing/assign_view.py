"""The assignment board with its actions."""

from __future__ import annotations

from mentor_app.ui.context import Context
from mentor_app.ui.i18n import current, plural, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.widgets.controls import button, plain_tip
from mentor_app.ui.widgets.layouts import column_in
from mentor_app.ui.widgets.views import View


class AssignView(View):
    """The board with its three actions."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        from mentor_app.ui.pairing.board import BoardView

        self.title = tr("Assign mentors")
        column = column_in(self)
        self.board = BoardView(context)
        self.board.changed.connect(self._changed)
        column.addWidget(self.board)
        self.criteria = button(tr("Criteria…"), lambda: context.go(Place("pairing", "weights")))
        self.suggest = button(tr("Suggest"), self.board.suggest, shortcut="Ctrl+G")
        self.accepting = button(tr("Accept"), self.accept, primary=True)
        self.buttons = [self.criteria, self.suggest, self.accepting]
        self._changed()

    @override
    def reload(self) -> None:
        self.board.reload()

    def _changed(self) -> None:
        board = self.board.board
        hires = board.apprentices if board else ()
        room = sum(m.places > 0 for m in board.mentors) if board else 0
        self.note = (
            " · ".join(
                [
                    tr("{n} without a mentor", n=len(hires)),
                    plural("{n} mentor with room", "{n} mentors with room", n=room),
                ]
            )
            if board
            else ""
        )
        n = len(self.board.plan)
        self.accepting.setText(current().plural("Accept {n} pair…", "Accept {n} pairs…", n) if n else tr("Accept"))
        self.accepting.setAccessibleName(self.accepting.text())
        leads = self.may("pairing.start_pairings")
        self.accepting.setEnabled(bool(n) and leads)
        self.accepting.setToolTip(plain_tip("" if leads else tr("Team leads and trainers start pairings.")))
        self.suggest.setEnabled(bool(hires))
        self.shown = set(self.buttons)
        self.headed.emit()

    @override
    def step_back(self) -> bool:
        return self.board.step_back()

    @override
    def step_on(self) -> bool:
        return self.board.step_on()

    def accept(self) -> None:
        """Start the pairings planned, or some of them."""
        pairs = ",".join(f"{hire}:{mentor}" for hire, mentor in self.board.plan.items())
        self._context.go(Place("pairing", "accept", detail=pairs))
