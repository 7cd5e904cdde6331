"""What a store's location says of it, and what is never shown or kept of it."""

from pathlib import Path

import pytest

from mentor_app.core.location import is_server, same_for_all, shown


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("postgresql+psycopg://ann:se/cret@db.example/team", "postgresql+psycopg://ann:***@db.example/team"),
        ("postgresql://ann:se@c:r?et@db.example:5432/team", "postgresql://ann:***@db.example:5432/team"),
        ("postgresql://ann@db.example/team?password=secret", "postgresql://ann@db.example/team?password=***"),
        ("postgresql://db/team?user=a&PassWord=s/e&port=1", "postgresql://db/team?user=a&PassWord=***&port=1"),
        ("postgresql://db/team?sslpassword=secret", "postgresql://db/team?sslpassword=***"),
        ("postgresql://db.example:5432/team", "postgresql://db.example:5432/team"),
        ("/home/ann:x@y/team.sqlite", "/home/ann:x@y/team.sqlite"),
    ],
)
def test_no_password_is_ever_shown(address: str, seen: str) -> None:
    assert shown(address) == seen


def test_a_store_is_the_same_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "link").symlink_to(tmp_path / "team.sqlite")
    ways = ["team.sqlite", "./team.sqlite", "~/team.sqlite", str(tmp_path / "team.sqlite"), "link"]
    assert {same_for_all(way) for way in ways} == {str(tmp_path / "team.sqlite")}
    assert same_for_all("~nobody-of-that-name/x").endswith("~nobody-of-that-name/x")
    assert same_for_all("") == ""
    servers = [f"postgresql://ann:{word}@db.example/team" for word in ("old", "new")]
    assert {same_for_all(server) for server in servers} == {"postgresql://ann:***@db.example/team"}
    assert all(map(is_server, servers))
    assert not any(map(is_server, ways))
