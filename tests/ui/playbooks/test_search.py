"""Finding an answer: what is searched for stays while the window is made anew."""

from mentor_app.ui.navigation import Place
from tests.idle import wait_until_idle
from tests.ui.desk import Desk


def test_the_words_searched_for_outlive_a_change_of_theme_and_language(desk: Desk) -> None:
    view = desk.go(Place("playbooks", "search")).view("search")
    view.search.setText("太贵")
    wait_until_idle(desk.window)
    found = [hit.question for hit in view.model.hits]
    for leave in (desk.other_theme, desk.other_language):
        leave()
        view = desk.window.pages["playbooks"].view("search")
        assert view.search.text() == "太贵"
        assert [hit.question for hit in view.model.hits] == found
