"""The command line, when it is said which columns tell deals apart."""

from pathlib import Path

import pytest

from mentor_app.transfer import deals
from tests.cli.command import ask

TWICE = (
    "Rep,Client,Sort,Result,Amount,Closed,First contact\n"
    "Ann Lee,Acme,Licences,won,5,2026-03-05,2026-01-05\nAnn Lee,Acme,Licences,lost,7,2026-04-05,2026-02-05\n"
    "Tom Ray,Birch,Servers,won,3,2026-05-05,2026-02-07\n"
)
KNOWN = (
    "Owner,Account,Opportunity Name,Stage,Amount,Close Date,Created Date,Region\n"
    "Ann Lee,Acme,Acme Pumps,won,5,2026-03-05,2026-01-05,N\nAnn Lee,Birch,Birch Rods,won,7,2026-04-05,2026-02-05,N\n"
    "Tom Ray,Cedar,Cedar Rods,won,{},2026-05-05,2026-02-07,S\nTom Ray,Cedar,Cedar Rods,won,8,2026-06-05,2026-02-07,S\n"
)


def identity(*columns: str) -> list[str]:
    return [word for column in columns for word in ("--map", f"id={column}")]


def test_columns_that_are_nothing_but_the_identity_may_say_the_same_twice(tmp_path: Path) -> None:
    file = tmp_path / "crm.csv"
    file.write_text(TWICE, encoding="utf-8")
    meant = ["--map", "owner=Rep", "--map", "stage=Result", *identity("Client", "Sort")]
    assert ask(tmp_path / "s.sqlite", "import", "opportunities", str(file), *meant)["new"] == 3


@pytest.mark.parametrize("as_before", [False, True])
@pytest.mark.parametrize("beside", [(), ("Region",)])
def test_the_order_of_the_columns_of_the_identity_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: tuple[str, ...], as_before: bool
) -> None:
    file, store = tmp_path / "crm.csv", tmp_path / "s.sqlite"
    parts = [*beside, "Account", "Opportunity Name", "Created Date"]
    with monkeypatch.context() as patched:
        if as_before:
            patched.setattr(deals, "in_order", lambda columns, _: columns)
        file.write_text(KNOWN.format(3), encoding="utf-8")
        assert ask(store, "import", "opportunities", str(file), *identity(*parts))["new"] == 4
    file.write_text(KNOWN.format(4), encoding="utf-8")
    again = ask(store, "import", "opportunities", str(file), *identity(*reversed(parts)))
    assert (again["new"], again["updated"], again["unchanged"]) == (0, 1, 3)
