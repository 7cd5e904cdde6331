"""Where the files under resources/ lie: beside the source, inside the wheel, or inside a frozen program."""

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Path of a file under resources/."""
    package = Path(__file__).resolve().parent.parent
    frozen = getattr(sys, "_MEIPASS", None)
    for root in (Path(frozen) / "resources" if frozen else None, package / "_resources", package.parent / "resources"):
        if root is not None and root.is_dir():
            return root.joinpath(*parts)
    raise FileNotFoundError("resources")
