"""What opening the window loads: the first paint waits for Qt and little else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HEAVY = ("sqlalchemy", "alembic", "numpy", "scipy", "matplotlib", "typst", "python_calamine", "docx", "xlsxwriter")
START = """
import os, sys
from mentor_app.ui import app

class Quick(app.MainWindow):
    def __init__(self, *args):
        super().__init__(*args)
        self.painted.connect(self.say)

    def say(self):
        print(*[name for name in sys.argv[2].split() if name in sys.modules], flush=True)
        os._exit(0)

app.MainWindow = Quick
app.run(sys.argv[1], None, False)
"""


def test_the_first_paint_waits_for_nothing_heavy(tmp_path: Path, sample_store: Path) -> None:
    place = shutil.copy(sample_store, tmp_path / "team.sqlite")
    home = {name: str(tmp_path) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    said = subprocess.run(
        [sys.executable, "-c", START, str(place), " ".join(HEAVY)],
        capture_output=True,
        text=True,
        check=False,  # what went wrong is shown below
        env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert (said.returncode, said.stdout.split()) == (0, []), said.stderr
