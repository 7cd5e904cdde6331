"""What every verb shares: exit codes, and sentences in the reader's language."""

from pathlib import Path

from tests.cli.command import run


def test_exit_codes_and_sentences(tmp_path: Path) -> None:
    store = tmp_path / "team.sqlite"
    bad = tmp_path / "bad.csv"
    bad.write_text("id,owner,stage,close date\n1,Ann,Won,\n")
    assert "Nothing was imported" in run(store, "import", "opportunities", str(bad), code=1)
    assert "没有导入任何数据" in run(store, "import", "opportunities", str(bad), code=1, LC_ALL="zh_CN.UTF-8")
    assert "Nobody is called X" in run(store, "ramp", "--person", "X", code=1)
    run(store, "ramp", "--as-of", "yesterday", code=2)
    run(store, "export", "charts", "--out", str(tmp_path), code=2)
    run(store, "export", "charts", "--out", str(tmp_path), "--all", "--format", "gif", code=2)
    assert "no screen" in run(store, code=1, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
