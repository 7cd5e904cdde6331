"""What the tests of single pages and widgets share."""

import pytest

from mentor_app.ui import i18n


@pytest.fixture(autouse=True)
def in_english(own_home: object) -> None:
    """The language is the process's; another test may have left another one."""
    i18n.use("en")
