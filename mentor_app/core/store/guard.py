"""Watching over a store's file while it is open.

On POSIX systems closing a file drops every lock the process holds on it, also those SQLite took through another handle.
The next program that opens the store then believes it is alone and, when it leaves, removes the write-ahead log under us;
what we wrote from then on would be in a file without a name. So: nobody here opens a store's file a second time while it
is open (``is_open``), and before and after each transaction, and before what it wrote is committed, the names are compared with
what they meant when it was opened.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter, defaultdict
from contextlib import closing, suppress
from errno import EISDIR, ENOENT
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from threading import RLock
from weakref import finalize

from mentor_app.core.environment import own_folders
from mentor_app.core.errors import StoreFault, UserError, reason_of
from mentor_app.core.store.beside_sqlite import HEADER, Content, FilesRead, LogState, is_moved
from mentor_app.core.text import N_, Text, text

GONE = N_("{store} is not there any more: it was moved, renamed or deleted. Bring it back, then try again.")
WENT_ALONG = N_(
    "{store} was moved or renamed while this was done. It is stored, in the file that was moved: bring that back, or open it where it "
    "is now, and look before you do it again."
)
LEFT_IN_LOG = N_(
    "{store} was moved, renamed or deleted while this was done. It is stored, but in {log}, which stayed behind: bring the file back "
    "beside that, and look before you do it again."
)
DELETED = N_(
    "{store} was deleted, or moved to another drive, while this was done. It was stored in that file, and a copy may lack it: look "
    "before you do it again."
)
REPLACED = N_("{store} is another file now than when it was opened. Nothing more is written to it; open it again.")
LOG_REMOVED = N_(
    "Another program removed the log of {store} while it was open here, so it was opened again. See whether your last "
    "change is there."
)
LOG_GONE = N_("Another program removed the log of {store} while this was done. Nothing was changed; try again.")
UNREADABLE = N_("{file} can't be opened: {reason}")
NOT_ORDINARY = N_("{file} is not an ordinary file.")
AMONG_OURS = N_("{file} would lie in {folder}, where the store keeps its own files. Choose another folder.")
AMONG_THE_APP_S = N_("{file} would lie in {folder}, where the app keeps its own files. Choose another folder.")
TAKEN = N_("{file} was written by somebody else meanwhile, and stays as it is. Choose another name.")
IN_USE = N_("{file} is the store that is open here. Choose another file.")
OVERWRITTEN = N_(
    "{store} was cut off or written over by another program while it was open. Nothing more is written to it. Restore a "
    "backup."
)
_LOOKS = (0.0, 0.1, 0.3, 0.6)  # seconds before the file is looked at (again)
_LONG = 1000  # pages in the log, as SQLite would have it
_BESIDE = ("-wal", "-shm")
_HANDLES = "/dev/fd"
_File = tuple[int, int]
FileState = tuple[int, int, int]
"""Which file it is, how large, and when it was written."""
_Change = tuple[int, str]  # of the history: its number, and when it was made
_open_here: Counter[tuple[_File, Path]] = Counter()
_read_here: defaultdict[tuple[_File, Path], FilesRead] = defaultdict(FilesRead)
FOLDERS = (".files", ".backups")
"""What a store keeps in folders beside it, by the ends of their names."""
_lock = RLock()  # what is collected meanwhile is released by the same thread


def is_open(path: Path) -> bool:
    """Whether this process holds the file open as a store, or as what SQLite keeps beside one: then nothing else may."""
    file = _identity(path)
    if file is None:
        return False
    return any(
        file == store or file in {_identity(_beside(place, end)) for end in _BESIDE}
        for (store, place), times in _open_here.copy().items()
        if times > 0
    )


def check_readable(path: Path) -> None:
    """Before a file is read that somebody named. UserError where it is gone, no ordinary file (a pipe would wait for ever),
    or a store open here: to read that would drop SQLite's locks on it."""
    try:
        mode = os.stat(path).st_mode
    except OSError as error:
        raise UserError(UNREADABLE, file=str(path), reason=reason_of(error)) from None
    except ValueError:  # a name no system has
        raise UserError(UNREADABLE, file=str(path), reason=reason_of(OSError(ENOENT, ""))) from None
    if S_ISDIR(mode):
        raise UserError(UNREADABLE, file=str(path), reason=reason_of(OSError(EISDIR, "")))
    if not S_ISREG(mode):
        raise UserError(NOT_ORDINARY, file=str(path))
    if is_open(path):
        raise UserError(IN_USE, file=path.name)


def check_place(path: Path) -> None:
    """Before a file is written that somebody named. UserError where it would lie among a store's attachments or backups, or
    among the app's own files."""
    own = own_folders()
    for folder in Path(os.path.realpath(path)).parents:
        store = next((folder.name.removesuffix(end) for end in FOLDERS if folder.name.endswith(end)), "")
        given = os.environ.get("MENTOR_APP_FILES")
        if (store and _identity(folder.with_name(store)) is not None) or (
            given and folder == Path(os.path.realpath(given))
        ):
            raise UserError(AMONG_OURS, file=str(path), folder=str(folder))
        if folder in own:
            raise UserError(AMONG_THE_APP_S, file=str(path), folder=str(folder))


def put_in_place(part: Path, target: Path, new: bool) -> None:
    """Give a file that is whole its name. Where nothing had that name when it was begun (``new``) nothing loses it now: UserError
    where somebody else took it meanwhile."""
    if not new:
        part.replace(target)
    elif not takes_name(part, target):
        raise UserError(TAKEN, file=str(target))


def takes_name(part: Path, target: Path) -> bool:
    """Give a file a name that nothing has; False where something has it."""
    try:
        os.link(part, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except (OSError, NotImplementedError):  # a memory stick knows no second name of a file
        if os.path.lexists(target):
            return False
        part.replace(target)
    else:
        os.unlink(part)
    return True


def readable_uri(path: Path) -> str:
    """How a file is opened to be read only: where no log lies beside it as one that nobody changes, so that none is made."""
    beside = [path.with_name(path.name + end) for end in ("-wal", "-journal")]
    changing = any(os.path.exists(log) and log.stat().st_size for log in beside)
    return path.absolute().as_uri() + ("?mode=ro" if changing else "?mode=ro&immutable=1")


class FileGuard:
    """What the names of one open store meant when it was opened; and whether the file is still written by SQLite alone."""

    def __init__(self, path: Path, application_id: int) -> None:
        whole = path.resolve()  # SQLite keeps the log beside the file itself, not beside a link to it
        self._path, self._beside = path, [_beside(whole, end) for end in _BESIDE]
        self._index = self._beside[1]
        self._application_id = application_id
        self._file = _identity(path)
        self._beside_files: list[_File | None] | None = None
        self._seen: FileState | None = None
        self._state: tuple[object, ...] | None = None
        self._begun: str | None = None
        self._last: _Change | None = None
        self._content: Content = []
        self._log: LogState | None = None
        self._fault: str | None = None
        if self._file is not None:
            with _lock:
                _open_here[self._file, whole] += 1
                self._files = _read_here[self._file, whole]
            # also where nobody closes the store: another file may get its number later
            self._release = finalize(self, _released, (self._file, whole))

    def check(self) -> Text | None:
        """Before a transaction. UserError where the store is gone or another; what to say where its log was removed."""
        self.check_file()
        with _lock:
            if not self._is_log_removed():
                return None
            self.forget_log()
        return text(LOG_REMOVED, store=str(self._path))

    def check_file(self) -> None:
        """UserError where the store is gone or another."""
        now = _identity(self._path)
        if now is None:
            raise StoreFault(GONE, store=str(self._path))
        if now != self._file:
            raise StoreFault(REPLACED, store=str(self._path))
        self._check_content()

    def check_before_commit(self) -> None:
        """UserError where what was written in a transaction would get into a file that is gone or another, or into no file."""
        self.check_file()
        if self._is_log_removed():
            raise UserError(LOG_GONE, store=str(self._path))

    def where_stored(self) -> Text:
        """What to say of what was committed right before, or while, the file went from its place: where it is."""
        log, store = self._beside[0], str(self._path)
        left = state_of(log)
        if left is not None and left[1] > HEADER:
            return text(LEFT_IN_LOG, store=store, log=str(log))
        return text(WENT_ALONG if self._files.has_name(self._file) else DELETED, store=store)

    def was_written(self, since: FileState | None) -> bool:
        """Whether the file was written ``since`` it was seen last, before it was opened; what is in it now is remembered."""
        with suppress(StoreFault):
            self.check_file()
        return state_of(self._path) != since

    def is_log_long(self) -> bool:
        """Whether so much is in the log that it is to be moved into the file."""
        state = self._files.log_state(self._index)
        return state is not None and state.moved < state.pages >= _LONG

    def _is_log_removed(self) -> bool:
        return self._beside_files not in (None, [_identity(path) for path in self._beside])

    def bytes_of_file(self) -> bytes:
        """All of the file, as it is read beside SQLite."""
        return self._files.bytes_of(self._path)

    def stray(self) -> Path | None:
        """Where the log lies that is open here, holds something, and is not that of the file any more; None where there is none."""
        try:
            self.check()
        except StoreFault as fault:
            if fault.message.key not in (REPLACED, OVERWRITTEN) or not self._beside_files:
                return None
            place = self._beside[0]
            log = place if _identity(place) == self._beside_files[0] else _nameless(self._beside_files[0])
            return log if log is not None and log.exists() and log.stat().st_size > HEADER else None
        return None

    @property
    def is_in_place(self) -> bool:
        """Whether the file has the name it had, whatever somebody wrote into it."""
        return _identity(self._path) == self._file

    def is_otherwise(self) -> bool:
        """Whether somebody has written since this was asked last: what is only read may be kept as one that nobody changes."""
        before, self._state = self._state, (self._seen, readable_uri(self._path))
        return before is not None and self._state != before

    def _check_content(self) -> None:
        """StoreFault once somebody has cut the file off, or written over it, other than SQLite does.

        Looked at where the file has another size or time than it had: mostly SQLite has moved its log into it. And again after a
        moment: it may just be being moved, or written. What was not whole may have been the half of a copy that is whole by now.
        """
        if self._fault != REPLACED:
            if not S_ISREG(os.stat(self._path).st_mode):
                raise StoreFault(REPLACED, store=str(self._path))
            state = state_of(self._path)
            is_new, self._seen = state != self._seen, state
            try:
                if is_new and self._fault is None:
                    self._look_at_content()
                elif is_new and self._is_whole_alone():
                    self._fault = REPLACED
            except OSError:  # no more files can be opened: it is looked at the next time
                self._seen = None
        if self._fault is not None:
            raise StoreFault(self._fault, store=str(self._path))

    def _look_at_content(self) -> None:
        for wait in _LOOKS:
            time.sleep(wait)
            self._fault = self._fault_of_content()
            if self._fault is None:
                return

    def _fault_of_content(self) -> str | None:
        """OVERWRITTEN or REPLACED (by a store that is whole) where what is in the file is not what SQLite has written here."""
        log, found = self._files.log_state(self._index), self._files.content(self._path)
        now = self._files.log_state(self._index)
        is_ours = is_moved(self._beside[0], self._log, now, self._content, found) if self._content else None
        if is_ours is None:
            is_ours = self._goes_on() or (not self._is_whole_alone() and self._is_whole_with_its_log())
        if not is_ours:
            return REPLACED if self._is_whole_alone() else OVERWRITTEN
        self._remember_content(found, log)
        return None

    def _remember_content(self, found: Content, log: LogState | None) -> None:
        self._content, self._log = found, log
        if log is None or log.is_at_rest:
            with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(self._alone(), uri=True)) as look:
                begun, last = _first_change(look), _last_change(look)
                if log == self._files.log_state(self._index):
                    self._begun, self._last = begun, last

    def _goes_on(self) -> bool:
        """Whether it is this store's file and goes on from what was in it, as far as its history tells without the log."""
        try:
            with closing(sqlite3.connect(self._alone(), uri=True)) as look:
                if not self._is_it(look):
                    return False
                last = _last_change(look)
            with closing(sqlite3.connect(self._with_log(), uri=True)) as look:
                return self._last is None or last is None or _has(look, last)
        except sqlite3.DatabaseError:
            return False

    def _is_whole_alone(self) -> bool:
        """Whether it is a whole store without its log, any store."""
        try:
            with closing(sqlite3.connect(self._alone(), uri=True)) as look:
                if look.execute("PRAGMA application_id").fetchone()[0] != self._application_id:
                    return False
                return bool(look.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False

    def _is_whole_with_its_log(self) -> bool:
        """Whether the file is this store, and whole together with its log. Alone it need not be whole for as long as somebody
        reads what was there before: of the log SQLite then moves only pages that nobody has written since."""
        try:
            with closing(sqlite3.connect(self._with_log(), uri=True)) as look:
                return self._is_it(look) and look.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
        except sqlite3.DatabaseError:
            return False

    def _alone(self) -> str:
        """The address of the file without its log."""
        return self._with_log() + "&immutable=1"

    def _with_log(self) -> str:
        return self._path.absolute().as_uri() + "?mode=ro"

    def _is_it(self, look: sqlite3.Connection) -> bool:
        """Whether it begins as it did and has the last change that was in it, unless a backup was restored since."""
        if look.execute("PRAGMA application_id").fetchone()[0] != self._application_id:
            new = self._path.stat().st_size == look.execute("PRAGMA page_size").fetchone()[0]
            return new and self._begun is None  # all the rest is in the log yet
        if self._last is None or (self._begun == _first_change(look) and _has(look, self._last)):
            return True
        restored = "SELECT 1 FROM change_set WHERE action = 'store.restore' AND id > ?"
        return look.execute(restored, self._last[:1]).fetchone() is not None

    def remember(self) -> None:
        """After a transaction: the log and its index are those that SQLite has open now."""
        if self._beside_files is None:
            self._beside_files = [_identity(path) for path in self._beside]

    def forget_log(self) -> None:
        """The log and its index are opened again."""
        self._beside_files = None

    def release(self) -> None:
        """The store is closed."""
        if self._file is not None:
            self._release()


def _first_change(look: sqlite3.Connection) -> str | None:
    """When the first change was made; None where there is none yet, or another program has taken the history away."""
    if look.execute("SELECT 1 FROM sqlite_master WHERE name = 'change_set'").fetchone() is None:
        return None
    found: str | None = look.execute("SELECT min(id), at FROM change_set").fetchone()[1]
    return found


def _last_change(look: sqlite3.Connection) -> _Change | None:
    if _first_change(look) is None:
        return None
    found: _Change = look.execute("SELECT max(id), at FROM change_set").fetchone()
    return found


def _has(look: sqlite3.Connection, change: _Change) -> bool:
    return look.execute("SELECT 1 FROM change_set WHERE id = ? AND at = ?", change).fetchone() is not None


def _released(file: tuple[_File, Path]) -> None:
    with _lock:
        _open_here[file] -= 1
        if not _open_here[file]:
            del _open_here[file]
            _read_here.pop(file).close()


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def state_of(path: Path) -> FileState | None:
    """How a file is seen from outside; None where there is none."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):  # also a name no system has
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns


def _nameless(file: _File | None) -> Path | None:
    """What stands for the name of a file that is open here and was removed; None where it was not, or the system has nothing for it."""
    with suppress(OSError):
        for handle in os.listdir(_HANDLES):
            path = Path(_HANDLES, handle)
            if file is not None and _identity(path) == file:
                return None if os.stat(path).st_nlink else path
    return None


def _identity(path: Path) -> _File | None:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return state.st_dev, state.st_ino
