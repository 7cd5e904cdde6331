"""Small pieces that every page uses."""

from mentor_app.ui.widgets.controls import signed


def test_a_difference_has_its_sign_and_its_thousands_apart() -> None:
    assert [signed(number) for number in (-8800, 60, 1_234_567)] == ["−8,800", "+60", "+1,234,567"]
