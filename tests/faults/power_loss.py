"""SQLite on files that forget what was not synced, or on a disk that takes its time over each sync.

SQLite's file layer is replaced in the process that is to lose power. Each write is noted with what was there before,
and each sync forgets the notes about its file. At the chosen sync the notes are played back, newest first, so that the
files hold what was synced and nothing else, and the process ends at once.

Everything unsynced is lost, which is the worst case; a real disk may keep some of it.
"""

import ctypes
import os
import time
from collections import defaultdict
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from ctypes.util import find_library

ENDED = 77
"""The exit code of a process that has lost power."""
# The name is passed as an address: SQLite keeps it while the file is open, and a Python copy would be freed sooner.
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    """The beginning of sqlite3_vfs, as sqlite3.h has it."""

    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _OPEN),
    ]


class _Methods(Structure):
    """sqlite3_io_methods; `rest` is copied as it is."""

    _fields_ = [
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("rest", c_void_p * 13),
    ]


class _File(Structure):
    _fields_ = [("methods", POINTER(_Methods))]


_Note = tuple[int, bytes, int]
"""Offset, the bytes that were there, and the length of the file."""
_kept: list[object] = []


def library() -> ctypes.CDLL | None:
    """Return the SQLite library that Python's own module uses, None if it is built into the module."""
    import _sqlite3

    name = find_library("sqlite3")
    used = getattr(_sqlite3, "__file__", "")
    if name is None or not used:
        return None
    made = ctypes.CDLL(name)
    with open("/proc/self/maps", encoding="utf-8") as maps:  # noqa: PTH123
        return made if sum("libsqlite3" in line and " r-xp " in line for line in maps) == 1 else None


def slow(seconds: float) -> None:
    """Let each sync of the database's files take so much longer from now on; other threads go on meanwhile."""

    def change(_path: str, _file: int, methods: _Methods, plain: _Methods) -> None:
        def synced(file: int, flags: int) -> int:
            time.sleep(seconds)
            return int(plain.sync(file, flags))

        methods.sync = _SYNC(synced)
        _kept.append(methods.sync)

    _each_file(change)


def arm(sync: int) -> None:
    """Lose the power at this sync, counted from now."""
    notes: defaultdict[str, list[_Note]] = defaultdict(list)
    files: dict[str, int] = {}
    paths: dict[int, str] = {}
    plain: dict[int, _Methods] = {}
    left = [sync]

    def note(file: int, at: int, length: int) -> None:
        path = paths[file]
        size = os.fstat(files[path]).st_size
        notes[path].append((at, os.pread(files[path], max(0, min(length, size - at)), at), size))

    def lose() -> None:
        for path, of_file in notes.items():
            for at, was, size in reversed(of_file):
                os.pwrite(files[path], was, at)
                os.ftruncate(files[path], size)
        os._exit(ENDED)

    def write(file: int, data: int, length: int, at: int) -> int:
        note(file, at, length)
        return int(plain[file].write(file, data, length, at))

    def truncate(file: int, size: int) -> int:
        note(file, size, 1 << 40)
        return int(plain[file].truncate(file, size))

    def synced(file: int, flags: int) -> int:
        left[0] -= 1
        if left[0] <= 0:
            lose()
        done = int(plain[file].sync(file, flags))
        notes[paths[file]].clear()
        return done

    mine_write, mine_truncate, mine_sync = _WRITE(write), _TRUNCATE(truncate), _SYNC(synced)
    _kept.extend((mine_write, mine_truncate, mine_sync))

    def change(path: str, file: int, methods: _Methods, was: _Methods) -> None:
        if path not in files:
            files[path] = os.open(path, os.O_RDWR)  # never closed: closing any would let go of SQLite's locks
        paths[file], plain[file] = path, was
        methods.write, methods.truncate, methods.sync = mine_write, mine_truncate, mine_sync

    _each_file(change)


def _each_file(change: Callable[[str, int, _Methods, _Methods], None]) -> None:
    """Let `change(path, file, methods, plain)` put in its own methods for each file of the database opened from now on.

    plain: the methods it has without.
    """
    sqlite = library()
    assert sqlite is not None
    sqlite.sqlite3_vfs_find.restype = POINTER(_Vfs)
    vfs = sqlite.sqlite3_vfs_find(None).contents
    opens = _OPEN(ctypes.cast(vfs.open, c_void_p).value or 0)

    def open_(of: int, name: int | None, file: int, flags: int, out: object) -> int:
        done = int(opens(of, name, file, flags, out))
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        if done == 0 and path.endswith((".db", ".db-wal")):
            head = ctypes.cast(file, POINTER(_File)).contents
            plain = head.methods.contents
            mine = _Methods.from_buffer_copy(plain)
            change(path, file, mine, plain)
            _kept.append(mine)
            head.methods = ctypes.pointer(mine)
        return done

    mine_open = _OPEN(open_)
    vfs.open = mine_open
    _kept.extend((mine_open, opens))
