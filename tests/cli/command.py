"""The command line run in this process; as whole processes it is run where that is what is tested."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from mentor_app import cli


def run(store: Path | str, *arguments: str, code: int = 0) -> str:
    """What a verb prints: on stdout when it is done, on stderr when it ends with another ``code``."""
    said, complained = _ran(store, arguments, code)
    return said if code == 0 else complained


def ask(store: Path | str, *arguments: str, code: int = 0) -> Any:
    """What a verb answers as JSON, whatever ``code`` it ends with."""
    return json.loads(_ran(store, (*arguments, "--json"), code)[0])


def _ran(store: Path | str, arguments: tuple[str, ...], code: int) -> tuple[str, str]:
    """What a verb prints on stdout and on stderr."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        done = cli.run(["--store", str(store), *arguments])
    said, complained = (_written(stream) for stream in (out, err))
    assert done == code, complained
    return said, complained


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
