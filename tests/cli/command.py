"""The command line run as a whole process."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def run(store: Path | str, *arguments: str, code: int = 0, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mentor_app", "--store", str(store), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def ask(store: Path | str, *arguments: str) -> Any:
    return json.loads(run(store, *arguments, "--json"))
