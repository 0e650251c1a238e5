"""What is filled in on a card and not read by the button that was pressed: nothing of it is kept, so that is said.

Most buttons keep what is filled in on their card, or use it. For the others the token of each button says what the
card's fields held when it was made; a press that comes with something else has left behind what a person filled in.
"""

import zlib
from collections.abc import Iterator, Mapping

ALONE = "-"
"""Before the mark, for a button that takes nothing of what is filled in."""


def mark(fields: Mapping[str, str]) -> str:
    """Return a short mark of what fields hold, the same however a client writes spaces, numbers and several choices."""
    held = []
    for name, value in sorted(fields.items()):
        words = " ".join(value.split()).removesuffix(".0")
        if words not in ("", "false"):
            held.append(f"{name}={sorted(words.split(','))}")
    return f"{zlib.crc32(str(held).encode()):08x}"


def is_touched(held: str, fields: Mapping[str, str]) -> bool:
    """Say whether a card's fields hold something else than when it was made, as the token of its button says."""
    return mark(fields) != held.removeprefix(ALONE)


class Fields(Mapping[str, str]):
    """The fields of a press. read: whether any was looked at."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self.read = False

    def __getitem__(self, name: str) -> str:
        self.read = True
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        self.read = True
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)
