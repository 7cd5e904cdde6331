"""Where what is typed and not finished lies on this computer: small files, for each store and each of its people a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import Any

MOST = 5_000_000
"""Bytes of a draft; no form holds more."""


def folder() -> Path:
    """Where drafts lie on this computer."""
    from platformdirs import user_data_path

    return user_data_path("mentor-app", appauthor=False) / "drafts"


def of_store(where: Path, place: bytes) -> Path:
    """The folder of a store's drafts; ``place`` tells it from others (``location.same_for_all``)."""
    return where / short_hash(place, 16)


def of_owner(where: Path, place: bytes, owner: str) -> Path:
    """The folder of one owner's drafts of a store."""
    return of_store(where, place) / short_hash(owner.encode("utf-8", "surrogatepass"), 16)


def owner_of(person_id: int) -> str:
    """What the owner of drafts is called who was chosen as a person of the store."""
    return f"person {person_id}"


def is_about(place: object, person_id: int) -> bool:
    """Whether a draft's place is that of a form about a person, such as their record or their leaves."""
    if not isinstance(place, dict) or place.get("id") != person_id:
        return False
    return place.get("room") in ("people", "camp") or (place.get("room"), place.get("what")) == ("pairing", "capacity")


def erase(files: Iterable[Path], person_id: int, told: Callable[[str], str]) -> None:
    """Remove the drafts of forms about a person; in the others each text is what ``told`` makes of it."""
    for path in files:
        said = read(path)
        if said is None:
            continue
        if is_about(said.get("place"), person_id):
            with suppress(OSError):
                path.unlink()
            continue
        new = retold(said, told)
        if new != said:
            with suppress(OSError):
                write(path, json.dumps(new, ensure_ascii=True).encode())


def read(path: Path) -> dict[str, Any] | None:
    """What a draft holds; None where it can't be read."""
    try:
        if path.is_symlink() or path.stat().st_size > MOST:
            return None
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def write(path: Path, words: bytes) -> None:
    """Put a draft in the place of the one before, as a whole. OSError where that is impossible; then that one is there still."""
    new = path.with_name(f"{path.stem}.{os.getpid()}.new")  # another window may be writing, too
    try:
        with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(words)
        os.replace(new, path)
    except OSError:
        with suppress(OSError):
            new.unlink()  # the beginning of it, on a full disk
        raise


def retold(said: Mapping[str, Any], told: Callable[[str], str]) -> dict[str, Any]:
    """A draft with each of its texts as ``told`` has it; its place stays."""

    def of(value: Any) -> Any:
        if isinstance(value, str):
            return told(value)
        if isinstance(value, list):
            return [of(one) for one in value]
        return {key: of(one) for key, one in value.items()} if isinstance(value, dict) else value

    return {key: value if key in ("place", "at", "window") else of(value) for key, value in said.items()}


def hand_over(source: Path, target: Path) -> None:
    """Everything that lies in one owner's folder lies in another's from now on, the oldest first; what can't be moved stays."""
    with suppress(OSError):
        for file in sorted(source.glob("*.json"), key=lambda one: one.lstat().st_mtime):
            with suppress(OSError):
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
                file.rename(free(target, file.stem.partition("-")[0]))


def free(folder: Path, stem: str) -> Path:
    """A file of this place, or a further one of it, that is not there yet."""
    names = chain([f"{stem}.json"], (f"{stem}-{number}.json" for number in count(2)))
    return next(folder / name for name in names if not (folder / name).exists())


def short_hash(said: bytes, length: int) -> str:
    """A file name that tells what is said from anything else, and shows nothing of it."""
    import hashlib  # not at start

    return hashlib.sha256(said).hexdigest()[:length]
