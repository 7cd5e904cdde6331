"""Drafts as a broken disk or another program may leave them: what can be read is here again, the rest is said or left."""

import json
from itertools import cycle, islice
from typing import Any

import pytest
from hypothesis import settings

from mentor_app.core.errors import UserError
from mentor_app.ui import registry
from mentor_app.ui.drafts import Json
from mentor_app.ui.main_window import MainWindow
from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.dialog_steps import as_killed, everything, shown

HOSTILE: list[Json] = [
    None,
    True,
    -1,
    1 << 61,
    1.5e308,
    "²",
    "9" * 5000,
    "\ud800",
    "two\nlines\x00",
    [],
    [[0, "a"]],
    [[None], "x", {"words": 3}],
    [[-1, "a", "b"], [1 << 40, "a", "b"]],
    {"value": 1 << 61},
    {"value": {}},
    {"words": None, "checked": "x"},
    {"definition": "", "shown": "x"},
    {"definition": "{}", "shown": 99},
]
LONG = settings.get_current_profile_name() == "long"
STEP = 4 if LONG else 9
"""How many of them are put into one draft before the next."""
DETAILS = ("²", "9" * 30, "x:y,1:2", "1:2:3", "held\n", "jumped growth", "-1", "0: x", "\ud800", "new")[
    :: 1 if LONG else 3
]
PARTS = ("title", "body", "product", "base", "comments", "passage", "feedback", "words")


@pytest.fixture
def failed(team: MainWindow) -> list[object]:
    """Bugs of ours that were reported."""
    found: list[object] = []
    team.tasks.failed.connect(lambda error: None if isinstance(error, UserError) else found.append(error))
    return found


def test_every_dialog_opens_whatever_its_draft_holds(team: MainWindow, failed: list[object]) -> None:
    drafts = team.context.drafts
    team.go(Place("pipeline"))  # a page that lists no drafts: Home would list them anew with each
    tried = 0
    for key, place in everything(team.store()).items():
        dialog = shown(team, place)
        if dialog is None or dialog.place is None:
            continue
        kept_at, names = dialog.place, list(dialog.values())
        as_killed(dialog)
        for first in range(0, len(HOSTILE), STEP):
            values = islice(cycle(HOSTILE), first, None)
            drafts.put(kept_at, "damaged", dict(zip(names, values, strict=False)))
            again = shown(team, place)
            assert failed == [], (key, first)
            assert again is not None, (key, first)
            again.values()
            as_killed(again)
            drafts.drop(kept_at)
            tried += 1
    assert tried > 50


@pytest.mark.parametrize("detail", DETAILS)
def test_no_detail_of_a_place_is_a_crash(team: MainWindow, failed: list[object], detail: str) -> None:
    places = everything(team.store())
    ids = {room: place.id for (room, _), place in places.items() if place.id}
    rooms = [(room, what, places[room, what].id) for room, what in registry.DIALOGS if room != "imports"]
    rooms += [("playbooks", "part", ids["playbooks"]), ("playbooks", "comment", ids["playbooks"]), ("nowhere", "x", 1)]
    for room, what, ident in rooms:
        team.dialog = None
        team.go(Place(room, what, ident, detail))
        wait_until_idle(team)
        assert failed == [], (room, what)
        dialog: Any = team.dialog
        if dialog is not None and dialog.isVisible():
            dialog.done(0)


def test_pages_show_what_they_can_of_damaged_drafts(team: MainWindow, failed: list[object]) -> None:
    drafts, places = team.context.drafts, everything(team.store())
    book, entry = places["playbooks", "changes"].id, places["logbook", "score"].id
    team.become(team.context.me.id if team.context.me else 0)
    at = [
        Place("playbooks", "part", book, "²"),
        Place("playbooks", "part", book, "9" * 4400),
        Place("playbooks", "part", book, "new"),
        Place("playbooks", "comments", book),
        Place("logbook", "feedback", entry),
        Place("nowhere", "at all", 1),
    ]
    for first in range(0, len(HOSTILE), 3):
        for place in at:
            drafts.put(place, "damaged", dict(zip(PARTS, islice(cycle(HOSTILE), first, None), strict=False)))
        for shown_at in (
            Place("home"),
            Place("playbooks", id=book),
            Place("logbook", id=entry),
            Place("home", "drafts"),
        ):
            team.go(shown_at)
            wait_until_idle(team)
            assert failed == [], (shown_at, first)
        if team.dialog is not None:
            team.dialog.done(0)
        for place in at:
            drafts.drop(place)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "yesterday", 7, None])
def test_a_draft_of_no_time_does_not_empty_the_list(
    team: MainWindow, failed: list[object], monkeypatch: pytest.MonkeyPatch, at: object
) -> None:
    import time

    drafts = team.context.drafts
    drafts.put(Place("people", "add"), "sound", {"name": "x"})
    (draft,) = drafts.all()
    said = json.loads(draft.file.read_text()) | {"at": at}
    draft.file.with_name("damaged.json").write_text(json.dumps(said))
    for zone in ("Asia/Shanghai", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        team.go(Place("home"))
        wait_until_idle(team)
        assert failed == []
        assert "sound" in [found.title for found in drafts.all()]
    monkeypatch.undo()
    time.tzset()


def test_numbers_no_field_can_hold_make_no_draft(team: MainWindow) -> None:
    team.context.drafts.put(Place("people", "add"), "damaged", {"name": 1 << 62})
    assert team.context.drafts.all() == []
