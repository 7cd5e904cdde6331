"""Every form that changes what is stored hands on the version it was opened on."""

import inspect
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.tasks import Task
from tests.core.test_second_save import EDITS
from tests.idle import wait_until_idle
from tests.steps import step
from tests.ui.dialog_steps import as_killed, everything, shown

READ = {"version", "versions", "row_version", "before"}
"""What actions call the version that was read."""


def test_every_form_hands_on_what_it_has_read(team: MainWindow) -> None:
    from mentor_app.core.store.action import action_of

    asked: dict[str, dict[str, Any]] = {}
    context, act = team.context, team.context.act_telling

    def note(told: Any, action: Any, *args: Any, **kwargs: Any) -> Task[Any]:
        asked[action_of(action).name] = dict(inspect.signature(action).bind(None, None, *args, **kwargs).arguments)
        return act(told, refuse)

    @step
    def refuse(_session: object, _actor: object) -> None:
        raise UserError("no")

    for key, place in everything(team.store()).items():
        if key[0] in ("imports", "store"):
            continue
        dialog: Any = shown(team, place)
        if dialog is None or not (dialog.stored or key == ("people", "teams")):
            continue
        if key == ("people", "teams"):
            dialog.list.setCurrentRow(0)
        context.act_telling = note
        dialog.save.click()
        context.act_telling = act
        wait_until_idle(team)
        as_killed(dialog)
    edits = {name: said for name, said in asked.items() if name in EDITS}
    assert len(edits) >= 10, sorted(asked)
    for name, said in edits.items():
        given = [said.get(word) for word in READ & set(said)]
        assert given, name
        assert None not in given, name
