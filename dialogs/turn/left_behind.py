"""What is filled in on a card but not read by the button pressed: none of it is kept, and the person is told so.

Most buttons keep what is filled in on their card, or use it. For the others the token of each button says what the
card's fields held when it was made; a press that arrives with different values has left input behind.
"""

import zlib
from collections.abc import Iterator, Mapping

ALONE = "-"
"""Precedes the mark, for a button that uses nothing of what is filled in."""


def mark(fields: Mapping[str, str]) -> str:
    """Return a short mark of what fields hold, the same however a client writes spaces, numbers and several choices."""
    held = []
    for name, value in sorted(fields.items()):
        words = " ".join(value.split()).removesuffix(".0")
        if words not in ("", "false"):
            held.append(f"{name}={sorted(words.split(','))}")
    return f"{zlib.crc32(str(held).encode()):08x}"


def is_touched(held: str, fields: Mapping[str, str]) -> bool:
    """Return whether a card's fields differ from what they held when it was made. held: from the button's token."""
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
