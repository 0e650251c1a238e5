"""Who works where, and what the units are called: the people register as the contract describes it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tests.year.almanac import A_DAY


@dataclass(frozen=True)
class Post:
    """A role that somebody holds in a unit; first, last: its days, both counted, None for ever."""

    name: str
    unit: str
    role: str
    first: date | None = None
    last: date | None = None

    def held_on(self, day: date) -> bool:
        """Return whether it is held on a day."""
        return (self.first or day) <= day <= (self.last or day)


@dataclass
class Register:
    """The posts and the units. A unit is known here by its first name, whatever it is called since.

    called: what each unit is called now. known: every name a unit has or had, and the unit it was given to. merged:
    what a unit is part of since. closed: the first day on which nobody works in it.
    """

    posts: list[Post] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    closed: dict[str, date] = field(default_factory=dict)

    @classmethod
    def of(cls, posts: Iterable[Post]) -> "Register":
        """Return the register as it is when these posts are all there ever was."""
        every = list(posts)
        names = {one.unit: one.unit for one in every if one.unit}
        return cls(every, dict(names), dict(names))

    # --- people -----------------------------------------------------------------------------------------------------

    def held(self, name: str, day: date) -> list[Post]:
        """Return the roles that somebody holds on a day."""
        return [one for one in self.posts if one.name == name and one.held_on(day)]

    def holders(self, role: str, unit: str, day: date) -> list[str]:
        """Return who holds a role in a unit on a day."""
        held = [one for one in self.posts if (one.role, one.unit) == (role, unit) and one.held_on(day)]
        return list(dict.fromkeys(one.name for one in held))

    def unit_of(self, name: str, day: date, role: str = "case_worker") -> str:
        """Return the first unit in which somebody holds a role, "" if in none."""
        return next((one.unit for one in self.held(name, day) if one.role == role), "")

    def put(self, post: Post) -> None:
        """Give somebody a role, or other days for one she has."""
        new = replace(post, unit=self.unit(post.unit))
        self.posts = [one for one in self.posts if _key(one) != _key(new)] + [new]

    # --- units ------------------------------------------------------------------------------------------------------

    def unit(self, name: str) -> str:
        """Return the unit that a name means now."""
        found = self.known[name] if name else ""
        while found in self.merged:
            found = self.merged[found]
        return found

    def names_of(self, unit: str) -> list[str]:
        """Return all the names by which a unit can be named in a file."""
        return [name for name in self.known if self.unit(name) == unit]

    def units(self, day: date) -> list[str]:
        """Return the units in which somebody may work on a day."""
        return [one for one in self.called if one not in self.merged and self.closed.get(one, date.max) > day]

    def rename(self, unit: str, name: str) -> None:
        """Give a unit another name, unless another has it or has had it; the old one goes on to mean this unit."""
        if self.known.get(name, unit) == unit:
            self.known |= {self.called[unit]: unit, name: unit}
            self.called[unit] = name

    def merge(self, unit: str, into: str, today: date) -> bool:
        """Make a unit part of another, unless that one is closed or is to be. Return whether it is."""
        if unit == into or into in self.closed:
            return False
        self.merged[unit] = into
        self.known[self.called[unit]] = into
        posts: dict[tuple[str, str, str], Post] = {}
        for one in sorted(self.posts, key=lambda post: post.unit == unit):
            moved = replace(one, unit=into) if one.unit == unit else one
            there = posts.get(_key(moved))
            posts[_key(moved)] = _united(there, moved, today) if there is not None else moved
        self.posts = list(posts.values())
        return True

    def close(self, unit: str, last: date) -> None:
        """Close a unit after a day; one that is already due to close may only close earlier."""
        if unit in self.closed and self.closed[unit] <= last + A_DAY:
            return
        self.closed[unit] = last + A_DAY
        kept = [one for one in self.posts if one.unit != unit or (one.first or last) <= last]
        self.posts = [
            replace(one, last=min(one.last or last, last)) if one.unit == unit and one.role != "admin" else one
            for one in kept
        ]


def _key(post: Post) -> tuple[str, str, str]:
    return post.name, post.unit, post.role


def _united(one: Post, other: Post, today: date) -> Post:
    """Return the one role that two are: held on every day of either; of two that do not meet, today's or the next."""
    earlier, later = sorted((one, other), key=lambda post: post.first or date.min)
    if earlier.last is not None and later.first is not None and earlier.last + timedelta(days=1) < later.first:
        return earlier if earlier.last >= today else later
    last = max(earlier.last, later.last) if earlier.last and later.last else None
    return replace(one, first=earlier.first, last=last)
