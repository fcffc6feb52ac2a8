"""Run a command with least rights: ``python confined.py FOLDER... -- COMMAND...``.

Within the folders it may write; all else is read-only. It has no capabilities and gets none, and no memory of its becomes code.
The folders are whole paths. Exit status 125, with a line that says why, when this system lets nobody be confined so.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_NEW_MOUNTS, _NEW_USERS = 0x00020000, 0x10000000
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x40000
_SET_MOUNT, _HERE, _ALL_BELOW, _READ_ONLY = 442, -100, 0x8000, 1
_DROP_CAPABILITY, _NO_NEW_PRIVILEGES, _NO_CODE_FROM_MEMORY = 24, 38, 65

_libc = ctypes.CDLL(None, use_errno=True)


class _MountSettings(ctypes.Structure):
    _fields_ = [("set", ctypes.c_uint64), ("clear", ctypes.c_uint64), ("spread", ctypes.c_uint64), ("user", ctypes.c_uint64)]


def _done(status: int, what: str) -> None:
    if status != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _settings(path: bytes, settings: _MountSettings, flags: int = 0) -> None:
    size = ctypes.sizeof(settings)
    _done(_libc.syscall(_SET_MOUNT, _HERE, path, flags, ctypes.byref(settings), size), f"mount_setattr {path.decode()}")


def confine(folders: list[str]) -> None:
    """Confine this process, and those that it will start."""
    user, group = os.getuid(), os.getgid()
    _done(_libc.unshare(_NEW_MOUNTS | (_NEW_USERS if user else 0)), "unshare")
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _done(_libc.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None), "mount --make-rprivate /")
    for folder in folders:
        _done(_libc.mount(folder.encode(), folder.encode(), None, _BIND, None), f"mount --bind {folder}")
    _settings(b"/", _MountSettings(set=_READ_ONLY), _ALL_BELOW)
    for folder in folders:
        _settings(folder.encode(), _MountSettings(clear=_READ_ONLY))
    for capability in range(64):
        _libc.prctl(_DROP_CAPABILITY, capability, 0, 0, 0)
    _done(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "prctl")
    _libc.prctl(_NO_CODE_FROM_MEMORY, 1, 0, 0, 0)  # where the system has it


if __name__ == "__main__":
    divide = sys.argv.index("--")
    try:
        confine(sys.argv[1:divide])
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(125)
    os.execvp(sys.argv[divide + 1], sys.argv[divide + 1 :])
