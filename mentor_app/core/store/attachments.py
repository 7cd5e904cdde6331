"""Files kept beside the store by the hash of what is in them: never overwritten, never executed, verified when opened."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from mentor_app.core.errors import UserError, reason_of
from mentor_app.core.location import is_server
from mentor_app.core.store.guard import check_readable
from mentor_app.core.store.passing import FILE, part_of

MAX_BYTES = 50 << 20
_BLOCK = 1 << 20
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
KINDS: dict[str, tuple[bytes, ...]] = {
    "docx": (_ZIP,),
    "xlsx": (_ZIP,),
    "pptx": (_ZIP,),
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF8",),
    "webp": (b"RIFF",),
    "doc": (_OLD,),
    "xls": (_OLD,),
    "ppt": (_OLD,),
}
"""Kinds of files taken, by extension, and how such a file begins."""


@dataclass(frozen=True)
class Stored:
    """A file kept: its name as shown, its kind, size in bytes and SHA-256."""

    name: str
    kind: str
    size: int
    sha256: str


def folder_of(location: str) -> Path:
    """Where a store's files lie: beside a store file, whatever link leads there; for a server, in the folder MENTOR_APP_FILES names (one that all its
    users share), else in the user's data folder."""
    if not is_server(location):
        return Path(os.path.realpath(location) + ".files")
    given = os.environ.get("MENTOR_APP_FILES")
    if given:
        return Path(given)
    from platformdirs import user_data_path

    name = re.sub(r"[^\w.-]+", "_", location.rsplit("@", maxsplit=1)[-1])
    return user_data_path("mentor-app", appauthor=False) / "files" / name


def shown_name(name: str) -> str:
    """The last part of a name from any system, without control and direction characters; never empty."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    return clean[-180:] or "_"


def put(folder: Path, source: Path) -> Stored:
    """Keep a copy of a file. UserError where it is gone, too large, of a kind not taken, or not what its name says."""
    name = shown_name(source.name)
    kind = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if kind not in KINDS:
        raise UserError("{file} is not one of: {known}.", file=name, known=", ".join(KINDS))
    check_readable(source)
    try:
        with source.open("rb") as file:
            start = file.read(8)
            if not any(start.startswith(magic) for magic in KINDS[kind]):
                raise UserError("{file} is not a {kind} file, whatever its name says.", file=name, kind=kind.upper())
            file.seek(0)
            return _keep(folder, file, name, kind)
    except OSError as error:
        raise UserError("{file} can't be kept: {reason}", file=name, reason=reason_of(error)) from None


def _keep(folder: Path, file: BinaryIO, name: str, kind: str) -> Stored:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with part_of(folder, FILE) as part:
        with part.open("wb") as out:
            while block := file.read(_BLOCK):
                size += len(block)
                if size > MAX_BYTES:
                    raise UserError("{file} is larger than {n} MB.", file=name, n=MAX_BYTES >> 20)
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        place = place_of(folder, digest.hexdigest())
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(part, place)
    return Stored(name, kind, size, digest.hexdigest())


def place_of(folder: Path, sha256: str) -> Path:
    """Where a file of that hash lies, or would lie."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise UserError("This attachment is damaged.")
    return folder / sha256[:2] / sha256


def verified(folder: Path, sha256: str) -> Path:
    """Where the file lies, after checking that it is what was kept. UserError where it is gone or was changed."""
    place = place_of(folder, sha256)
    if not has(folder, sha256) or place.is_symlink():
        raise UserError("The file is gone from {folder}. Restore a backup copy of that folder.", folder=str(folder))
    digest = hashlib.sha256()
    with place.open("rb") as file:
        for block in _blocks(file):
            digest.update(block)
    if digest.hexdigest() != sha256:
        raise UserError("The file in {folder} is not the one that was kept; it was not opened.", folder=str(folder))
    return place


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def copy_between(folder: Path, other: Path, sha256: str) -> bool:
    """Have ``other`` keep the file, too, verified; whether it has it now. It has not where the file is gone or was changed."""
    with contextlib.suppress(UserError):
        verified(other, sha256)
        return True
    try:
        source = verified(folder, sha256)
    except UserError:
        return False
    with source.open("rb") as file:
        return _keep(other, file, sha256, "").sha256 == sha256


def keep_content(folder: Path, content: bytes, sha256: str) -> bool:
    """Keep what was kept elsewhere; whether it is what its hash says, and so is kept here."""
    if hashlib.sha256(content).hexdigest() != sha256:
        return False
    return _keep(folder, BytesIO(content), sha256, "").sha256 == sha256


def has(folder: Path, sha256: str) -> bool:
    """Whether a file of that hash lies there, where it can be reached; what is in it is not looked at."""
    with contextlib.suppress(OSError):
        return place_of(folder, sha256).is_file()
    return False


def remove(folder: Path, sha256: str) -> None:
    """Delete a file that nothing in the store holds any more; one that is gone is gone."""
    with contextlib.suppress(OSError):
        place_of(folder, sha256).unlink()


def copy_out(folder: Path, sha256: str, to: Path) -> Path:
    """A verified copy at ``to``, readable only, never executable."""
    shutil.copyfile(verified(folder, sha256), to)
    os.chmod(to, 0o400)
    return to
