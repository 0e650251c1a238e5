"""The command line's parser: argparse, except that a line it cannot read is refused by code, without what was typed."""

import argparse
import re
import sys
from typing import Any, NoReturn

from checklists.faults import Code, fault

_SAFE = re.compile(r"the following arguments are required: .*|argument [\w/, -]+: expected .*argument.*")
_OURS = re.compile(r"argument [\w/, -]+: (?!invalid ).* \(BK-\d{3}\)")
"""What `common.day` and the like say: one of our own sentences, with its code."""
_WITHOUT_VALUE = (
    (re.compile(r"unrecognized arguments: .*", re.DOTALL), "there are more arguments than the command takes"),
    (re.compile(r"(argument \S+): invalid choice: .* \((choose from .*)\)", re.DOTALL), r"\1: \2"),
    (re.compile(r"(argument [\w/, -]+): invalid (\w+) value: .*", re.DOTALL), r"\1: not a valid \2"),
)


class _Filter(argparse.Action):
    """Takes what narrows a command down: `--unit ""`, as from an unset variable, would otherwise mean every unit."""

    def __call__(
        self, _parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, _option: str | None = None
    ) -> None:
        """Keep the value. Raises: argparse.ArgumentError: it is empty, which is wrong usage."""
        if isinstance(values, str) and not values.strip():
            raise argparse.ArgumentError(self, str(fault(Code.EMPTY_VALUE)))
        setattr(namespace, self.dest, values)


class Parser(argparse.ArgumentParser):
    """Parses arguments. A password, an e-mail or a personal number typed in the wrong place is never repeated."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.register("action", "filter", _Filter)

    def error(self, message: str) -> NoReturn:
        """Print the usage and one line on standard error, and exit with 2."""
        self.print_usage(sys.stderr)
        ours = _OURS.fullmatch(message)
        told = f"{self.prog}: {message}" if ours else fault(Code.WRONG_USAGE, command=self.prog, what=_told(message))
        print(told, file=sys.stderr)
        self.exit(2)


def _told(message: str) -> str:
    """Return argparse's message without any value in it."""
    if _SAFE.fullmatch(message):
        return message
    for pattern, told in _WITHOUT_VALUE:
        if pattern.fullmatch(message):
            return pattern.sub(told, message)
    return "the arguments are not understood"
