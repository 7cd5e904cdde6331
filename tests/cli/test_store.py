"""The sample company and the check of a store."""

from pathlib import Path

from tests.cli.command import ask, run


def test_the_sample_company_tells_the_story(tmp_path: Path) -> None:
    place = tmp_path / "sample.sqlite"
    run(place, "sample")
    found = ask(place, "ramp")
    early = [m for p in found["people"] for m in p["months"] if m["month"] <= 3]
    won, lost = sum(m["won"] for m in early), sum(m["lost"] for m in early)
    assert round(won / (won + lost), 2) == 0.32
    assert round(found["benchmark"]["rate"], 2) == 0.77
    assert ask(place, "check")["ok"]
    assert "not empty" in run(place, "sample", code=1)
