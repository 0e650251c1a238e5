"""Files that only the account the bot runs as may read.

New files get that from the process's umask (`make_private`, called before anything else); `tighten` is for files that
exist already, perhaps from an earlier release.
"""

import contextlib
import os
import stat
from pathlib import Path

_OTHERS = 0o077


def make_private() -> None:
    """Make what this process creates from now on accessible to its own account only: files 0600, folders 0700."""
    os.umask(_OTHERS)


def tighten(path: Path) -> None:
    """Deny other accounts access to a file; does nothing if it is no regular file, does not exist, or is not ours."""
    with contextlib.suppress(OSError):
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) and mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
