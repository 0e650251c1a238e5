"""Writes requirements-runtime.lock: `.venv/bin/python -m docs.make_runtime_lock`.

What production installs: those packages of requirements.lock that the bot loads, at the same versions, with the same
hashes. Tools and test libraries are not among them.
"""

import re
from pathlib import Path

from docs.make_supply_lists import declared, needed

ROOT = Path(__file__).resolve().parent.parent
LOCK, RUNTIME = ROOT / "requirements.lock", ROOT / "requirements-runtime.lock"


def runtime_lock() -> str:
    """Return the file as it should stand."""
    blocks = re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8").strip())
    runs = needed(declared())
    return "\n".join(block for block in blocks if block.partition("==")[0] in runs) + "\n"


if __name__ == "__main__":
    RUNTIME.write_text(runtime_lock(), encoding="utf-8")
