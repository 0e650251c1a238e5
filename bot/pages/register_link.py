"""Download of the people register by one-time link, as the CSV that `people import` reads; for admins."""

import io

from aiohttp import web

from bot.pages import pages
from bot.pages.export_link import CSV
from reports import register
from reports.csv_out import write_csv
from storage import tenants
from storage.desk import Session
from storage.links import Link
from texts import Language


def render(session: Session, link: Link, _language: Language) -> web.Response:
    """Return the file of the link's municipality."""
    out = io.StringIO(newline="")
    write_csv(out, register.COLUMNS, register.rows(session, tenants.get(session, link.tenant_id)))
    return pages.file(out.getvalue().encode(), CSV, f"beslutskollen-personer-{link.at.date().isoformat()}.csv")
