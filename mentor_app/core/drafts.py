"""Where what is typed and not finished lies on this computer: small files, for each store and each of its people a folder."""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, count
from pathlib import Path


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
