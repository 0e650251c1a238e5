"""The charts of the report page, as numbers for inline SVG: nothing in them is said by colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from checklists.rates import Share

WIDTH, HEIGHT = 640.0, 190.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 618.0, 14.0, 160.0


@dataclass(frozen=True, slots=True)
class Point:
    """One point. label: beneath the axis, "" if there is no room for it. said: above the point.

    unfinished: its time is not over.
    """

    x: str
    y: str
    label: str
    said: str
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of shares from 0 to 100 %. title: what it shows, in words.

    line: the points whose time is over; unfinished: from the last of them to one whose time is not, "" if none.
    middle: y of a dashed line, "" if none. mark: x of an upright line where a change begins, "" if none.
    """

    title: str
    points: tuple[Point, ...]
    line: str
    unfinished: str
    target: str
    middle: str
    mark: str


def chart(
    title: str,
    shares: Sequence[Share],
    labels: Sequence[str],
    said: Sequence[str],
    *,
    target: float,
    middle: float | None,
    since: int | None = None,
    unfinished: bool = False,
) -> Chart:
    """Return the chart of shares in order of time (one at least). labels, said: one for each point.

    since: the place of the point where a change begins. unfinished: the time of the last point is not over.
    """
    step = (_RIGHT - _LEFT) / max(1, len(shares) - 1)
    places = [
        (_LEFT + step * number if len(shares) > 1 else (_LEFT + _RIGHT) / 2, _y(one.part))
        for number, one in enumerate(shares)
    ]
    points = tuple(Point(_n(x), _n(y), label, words) for (x, y), label, words in zip(places, labels, said, strict=True))
    if unfinished:
        points = (*points[:-1], replace(points[-1], unfinished=True))
    last = points[-2:] if unfinished else ()
    line, rest = (" ".join(f"{one.x},{one.y}" for one in some) for some in (points[: len(points) - unfinished], last))
    mark = "" if since is None else points[since].x
    return Chart(title, points, line, rest, _n(_y(target)), "" if middle is None else _n(_y(middle)), mark)


def _y(part: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * part


def _n(number: float) -> str:
    return f"{number:.1f}"
