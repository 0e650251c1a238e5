"""The bot's web pages: one layout, one local style sheet, no scripts, strict security headers."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from texts import Language

if TYPE_CHECKING:
    from jinja2 import Environment

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Sent with every response: no external content, no caching, no framing, no referrer."""
_TEMPLATES = Path(__file__).parent / "templates"


def html(
    template: str,
    language: Language,
    *,
    status: int = 200,
    headers: Mapping[str, str] = HEADERS,
    **values: object,
) -> web.Response:
    """Render a template in bot/pages/templates."""
    text = _environment().get_template(template).render(language=language, **values)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8", headers=headers)


def file(content: bytes, content_type: str, name: str) -> web.Response:
    """Return a file to download. name: ASCII and chosen by us, never user input, as it is not escaped."""
    headers = HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type=content_type, headers=headers)


def add_style(app: web.Application, base: str) -> None:
    """Add the route of the style sheet, beside the pages that name it."""
    style = (_TEMPLATES / "sidor.css").read_text(encoding="utf-8")

    async def sheet(_request: web.Request) -> web.Response:
        return web.Response(text=style, content_type="text/css", charset="utf-8", headers=HEADERS)

    app.router.add_get(base + "/sidor.css", sheet)


@cache
def _environment() -> "Environment":
    # Imported here: a turn needs no page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
