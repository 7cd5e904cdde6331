"""How a text file is decoded and cut into columns: by what matters to what is read of it."""

from pathlib import Path

import pytest

from mentor_app.core.store import Store
from mentor_app.transfer import opportunities

HEAD = "opportunity id,owner,stage,close date,amount,remark\n"
WON = "1,Ann,Won,2024-02-01,5,fine\n"


@pytest.mark.parametrize(
    ("table", "is_asked"),
    [
        (f"As of today · 1\n{HEAD}{WON}", False),
        (HEAD + WON.replace("fine", "fine · good"), False),
        (HEAD.replace("remark", "remark · more") + WON, False),
        (HEAD + WON.replace("Ann", "An·n"), True),
        (f"Amounts in k€\n{HEAD}{WON}", True),
    ],
)
def test_the_encoding_is_asked_only_where_what_is_read_differs(
    file_store: Store, tmp_path: Path, table: str, is_asked: bool
) -> None:
    path = tmp_path / "crm.csv"
    path.write_bytes(table.encode("cp1252"))
    assert bool(opportunities.plan(file_store, path).source.encodings) is is_asked
