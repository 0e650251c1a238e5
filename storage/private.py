"""Files that only the account the bot runs as may read.

What is new gets that from the process's umask (`make_private`, called before anything else); `tighten` is for files
that are there already, perhaps from an earlier release.
"""

import contextlib
import os
import stat
from pathlib import Path

_OTHERS = 0o077


def make_private() -> None:
    """Let everything this process makes from now on be its own account's: files 0600, folders 0700."""
    os.umask(_OTHERS)


def tighten(path: Path) -> None:
    """Take a file away from other accounts; nothing happens to what is no file, is not there, or is not ours."""
    with contextlib.suppress(OSError):
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
