"""Where what goes may be another's name it is shown before: a longer name of somebody unknown begins before it, a letter within it is
rather a word, or somebody else's number stands behind it."""

from dataclasses import replace

import pytest

from mentor_app.core.history.before_erasing import all_places
from mentor_app.core.people import actions as people
from mentor_app.core.personal.places import DOUBTFUL, GOES
from mentor_app.core.points import actions as points
from mentor_app.core.store import Store
from tests.core.history.world import person
from tests.core.points.mentoring import Camp


@pytest.mark.parametrize(
    ("words", "fate"),
    [
        ("Sarah Ann Li came", DOUBTFUL),
        ("It rained. Sarah Ann Li came", DOUBTFUL),
        ("Olé! Élodie Ann Li · café", DOUBTFUL),
        ("Hello, Sarah Ann Li", DOUBTFUL),
        ("Called Ann Li today", GOES),
        ("Yesterday Ann Li came", GOES),
        ("Yesterday Ann w Li came", DOUBTFUL),
        ("Yesterday Ann W Li, Ann É. Li came", GOES),
        ("Yesterday Ann Li (E-1) came", DOUBTFUL),
        ("Yesterday Ann Li（No. E-1）came", DOUBTFUL),
        ("Yesterday Ann Li (E-2) came", GOES),
    ],
)
def test_what_stands_beside_or_within_the_name_may_make_it_anothers(file_store: Store, words: str, fate: str) -> None:
    at = Camp(file_store, paired=False)
    at.act(points.save_reward, words, "resource", 20)
    at.act(people.add_person, replace(person("Bo Roth"), code="E-1"))
    number = at.act(people.add_person, person("Ann Li"))
    with file_store.read() as connection:
        assert {str(one.fate) for one in all_places(connection, number)} == {fate}
