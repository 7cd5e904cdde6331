"""Steps through the import wizard that several tests take."""

from typing import Any

from mentor_app.ui.main_window import MainWindow
from tests.idle import wait_until_idle

CRM = (
    "opportunity_id,sales_agent,deal_stage,engage_date,close_date,note\n"
    "A,Ann Nobody,Gained,03/04/2025,05/06/2025,x\nB,Ben Nobody,Gained,03/04/2025,05/06/2025,y\n"
)


def choose(box: Any, at: int) -> None:
    """Choose in a box, as somebody does."""
    box.setCurrentIndex(at)
    box.activated.emit(at)


def to_the_owners(wizard: Any, window: MainWindow) -> None:
    """Go on from the file to the page of owners."""
    for _ in range(3):
        wizard.next.click()
        wait_until_idle(window)
    assert wizard.step == "owners", wizard.error.text()


def next_step(wizard: Any, window: MainWindow) -> str:
    """Go on; what keeps from it, in words."""
    wizard.next.click()
    wait_until_idle(window)
    return str(wizard.error.text())


def to_the_owners_from_here(wizard: Any, window: MainWindow) -> None:
    """Go on from the columns to the page of owners."""
    for _ in range(2):
        wizard.next.click()
        wait_until_idle(window)
    assert wizard.step == "owners", wizard.error.text()
