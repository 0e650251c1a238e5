"""The addresses of one-time links."""

from urllib.parse import quote

REPORT, EXPORT, PEOPLE, ROUND, ROUND_FILE = "report", "export", "people", "round", "round_file"
PATHS = {REPORT: "/rapport", EXPORT: "/export", PEOPLE: "/register", ROUND: "/omgang", ROUND_FILE: "/omgang-fil"}
"""The path of the page for each purpose of a link."""


def link_url(public_url: str, path: str, token: str) -> str:
    """Return the address of a link. public_url: BK_PUBLIC_URL."""
    return f"{public_url.rstrip('/')}{path}?l={quote(token)}"
