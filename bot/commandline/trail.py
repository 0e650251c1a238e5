"""The commands on the trail: `verify-log` and `access-log`."""

import argparse

from bot.commandline.common import Stop, actor, as_text, day, now, open_desk, output, today
from bot.settings import Settings, read_settings
from reports import access_log
from reports.csv_out import write_csv
from storage import heads, tenants, trail
from storage.desk import Desk, Session


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    verify = commands.add_parser("verify-log", help="check the trail from the beginning")
    verify.add_argument("--head", action="store_true", help="print a head signed now, to be stored elsewhere")
    verify.add_argument("--since", metavar="HEAD", help="check that a stored head is still on the trail")
    verify.set_defaults(run=_verify_log)

    access = commands.add_parser("access-log", help="who read and did what, as CSV")
    access.add_argument("--case", default="", metavar="REF")
    access.add_argument("--unit", default="")
    access.add_argument("--from", dest="first", type=day, metavar="DATE")
    access.add_argument("--to", dest="last", type=day, metavar="DATE")
    access.set_defaults(run=_access_log)


def _verify_log(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    since = heads.read_head(parsed.since) if parsed.since is not None else None
    with open_desk(settings) as desk:
        verdicts = desk.run_now(
            lambda session: [
                (tenant.entra_id, heads.verify_with_heads(session, tenant)) for tenant in tenants.everyone(session)
            ]
        )
        if since is not None:
            verdicts = [pair for pair in verdicts if pair[0] != since.tenant]
            verdicts.append((since.tenant, desk.run_now(lambda session: heads.verify_since(session, since))))
        printed = _signed_heads(desk, settings) if parsed.head else []
    for tenant, verdict in verdicts:
        print(f"{tenant}: {verdict.chained} chained, {verdict.unchained} not chained yet")
    broken = [verdict.bad.of(tenant) for tenant, verdict in verdicts if verdict.bad]
    if broken:
        raise Stop(*broken)
    for head in printed:
        print(head)


def _signed_heads(desk: Desk, settings: Settings) -> list[str]:
    """Return a head of each tenant, signed now: of everything recorded until now."""
    while desk.run_now(trail.chain_new):
        pass

    def work(session: Session) -> list[str]:
        found = [heads.sign_now(session, tenant, today(settings)) for tenant in tenants.everyone(session)]
        return [str(head) for head in found if head]

    return desk.run_now(work)


def _access_log(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    asked = access_log.Question(parsed.case, parsed.unit, parsed.first, parsed.last)
    with open_desk(settings) as desk, output(None) as out, as_text(out) as text:
        desk.run_now(
            lambda session: write_csv(
                text, access_log.COLUMNS, access_log.access_rows(session, asked, actor(), now(settings))
            )
        )
