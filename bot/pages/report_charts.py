"""The charts of the report page, as numbers for inline SVG: nothing in them is said by colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from checklists.over_time import limits
from checklists.rates import Share

WIDTH, HEIGHT = 640.0, 190.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 618.0, 14.0, 160.0


@dataclass(frozen=True, slots=True)
class Point:
    """One point. label: beneath the axis, "" if there is no room for it. said: above the point.

    unfinished: its period is not over.
    """

    x: str
    y: str
    label: str
    said: str
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A line of shares from 0 to 100 %. title: what it shows, in words.

    line: the points whose period is over; unfinished: from the last of them to one whose period is not, "" if none.
    middle: y of a dashed line, "" if none. mark: x of an upright line where a change begins, "" if none.
    known: (x, letters) of each thing known to have changed.
    """

    title: str
    points: tuple[Point, ...]
    line: str
    unfinished: str
    target: str
    middle: str
    mark: str
    known: tuple[tuple[str, str], ...] = ()


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
    known: Sequence[tuple[int, str]] = (),
) -> Chart:
    """Return the chart of shares in order of time (one at least). labels, said: one for each point.

    since: the place of the point where a change begins. unfinished: the period of the last point is not over.
    known: (place of a point, letters) of what is known to have changed.
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
    letters = tuple((points[place].x, words) for place, words in known)
    return Chart(title, points, line, rest, _n(_y(target)), "" if middle is None else _n(_y(middle)), mark, letters)


@dataclass(frozen=True, slots=True)
class Funnel:
    """Units by number of lists and share. title: what it shows, in words. low, high: the limits, as lines.

    points: `said` is the unit's number in the table beside it. most: the number of lists at the right end.
    """

    title: str
    points: tuple[Point, ...]
    middle: str
    low: str
    high: str
    most: int


def funnel_chart(title: str, units: Sequence[Share], everyone: Share) -> Funnel:
    """Return units (each with at least one list) between the limits that chance sets around the share of all."""
    most = max(unit.n for unit in units)
    edges = [(n, limits(n, everyone)) for n in sorted({max(1, round(most * step / 60)) for step in range(61)})]
    low, high = (" ".join(f"{_n(_x(n, most))},{_n(_y(ends[side]))}" for n, ends in edges) for side in (0, 1))
    points = tuple(
        Point(_n(_x(unit.n, most)), _n(_y(unit.part)), "", str(number)) for number, unit in enumerate(units, start=1)
    )
    return Funnel(title, points, _n(_y(everyone.part)), low, high, most)


def _x(n: int, most: int) -> float:
    return _LEFT + (_RIGHT - _LEFT) * n / most


def _y(part: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * part


def _n(number: float) -> str:
    return f"{number:.1f}"
