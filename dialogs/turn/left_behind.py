"""What is filled in on a card and not read by the button that was pressed: nothing of it is kept, so that is said.

Most buttons keep what is filled in on their card, or use it. For the others the token of each button says what the
card's fields held when it was made; a press that comes with something else has left behind what a person filled in.
"""

import zlib
from collections.abc import Iterator, Mapping

_ALONE = "-"


def mark(fields: Mapping[str, str], *, alone: bool = False) -> str:
    """Return a short mark of what fields hold, the same however a client writes spaces, numbers and several choices.

    alone: for a button that takes none of them.
    """
    held = "\n".join(sorted(f"{name}={_plain(value)}" for name, value in fields.items() if _plain(value)))
    return f"{_ALONE if alone else ''}{zlib.crc32(held.encode()):08x}"


def _plain(value: str) -> str:
    words = " ".join(value.split()).removesuffix(".0")
    return "" if words == "false" else ",".join(sorted(words.split(",")))


def is_alone(held: str) -> bool:
    """Say whether a button takes nothing of what is filled in on its card."""
    return held.startswith(_ALONE)


def is_touched(held: str, fields: Mapping[str, str]) -> bool:
    """Say whether a card's fields hold something else than when it was made; no, if it is of an older release."""
    return bool(held) and mark(fields, alone=is_alone(held)) != held


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
