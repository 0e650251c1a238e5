"""What every page of the tab has in common: where it may be framed, its scripts, its links, its language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.pages import pages
from texts import Language, say

HOSTS = "https://teams.microsoft.com https://*.teams.microsoft.com https://*.cloud.microsoft"
"""Where Teams runs. Source: Microsoft's "Prerequisites" for tabs. Its other applications may not frame a page."""
HEADERS: Mapping[str, str] = {name: value for name, value in pages.HEADERS.items() if name != "X-Frame-Options"} | {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        f"base-uri 'none'; frame-ancestors {HOSTS}"
    ),
    # Only to the bot itself, so that it can tell where a form was filled in.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "unsafe-none",
}
"""Sent with every page of the tab: as with other pages, but Teams may frame it (X-Frame-Options cannot list hosts)."""


@dataclass(frozen=True, slots=True)
class Way:
    """A link at the top of the page. href: relative, as a proxy may stand in front with a path of its own."""

    href: str
    title: str
    is_here: bool


def page(
    template: str, language: Language, ways: Sequence[Way] = (), *, who: str = "", status: int = 200, **values: object
) -> web.Response:
    """Render a page of the tab. who: object id of the person it is for; its script compares it with Teams' account."""
    hers = {"who": who, "not_signed_in": say("tab.not_signed_in", language)} if who else {}
    return pages.html(template, language, status=status, headers=HEADERS, tab=ways, **hers, **values)


def told(language: Language, title: str, *lines: str, ways: Sequence[Way] = (), status: int = 200) -> web.Response:
    """Return a page with a title and sentences, by their keys."""
    said = [say(line, language) for line in lines]
    return page("told.html", language, ways, status=status, title=say(title, language), lines=said)
