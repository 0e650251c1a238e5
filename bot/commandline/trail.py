"""The commands about the trail: `verify-log`, `access-log` and `exposed`."""

import argparse

from bot.commandline.administration import the_person, the_tenant
from bot.commandline.common import Stop, actor, as_text, check_days, day, now, open_desk, output, today
from bot.settings import Settings, read_settings
from checklists.faults import Code, fault, listed
from reports import access_log
from reports import exposed as exposure
from reports.csv_out import write_csv
from storage import heads, tenants, trail
from storage.desk import Desk, Session


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `verify-log`, `access-log` and `exposed` to the command line."""
    verify = commands.add_parser("verify-log", help="check the trail from the beginning")
    verify.add_argument("--head", action="store_true", help="print a head signed now, to be stored elsewhere")
    verify.add_argument("--since", metavar="HEAD", help="check that a stored head is still on the trail")
    verify.set_defaults(run=_verify_log)

    access = commands.add_parser("access-log", help="who read and did what, as CSV")
    access.add_argument("--case", action="filter", default="", metavar="REF")
    access.add_argument("--unit", action="filter", default="")
    access.add_argument("--from", dest="first", type=day, metavar="DATE")
    access.add_argument("--to", dest="last", type=day, metavar="DATE")
    access.add_argument("--plain", action="store_true", help="one case in words, by role, without names")
    access.set_defaults(run=_access_log)

    exposed = commands.add_parser("exposed", help="which cases and fields could have been read, as a draft notice")
    what = exposed.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--person", action="filter", default="", metavar="WHO", help="by whoever had this person's account or device"
    )
    what.add_argument(
        "--key", action="filter", default="", metavar="ID", help="with this master key, or `secret` or `trail`"
    )
    days = "only what the person's device held of the chat, from this many days before"
    exposed.add_argument("--device-days", type=int, metavar="DAYS", help=days)
    exposed.add_argument("--from", dest="first", type=day, required=True, metavar="DATE")
    exposed.add_argument("--to", dest="last", type=day, required=True, metavar="DATE")
    exposed.add_argument("--tenant", action="filter", default="", metavar="TENANT")
    exposed.set_defaults(run=_exposed)


def _exposed(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    if parsed.last < parsed.first:
        raise Stop(fault(Code.NEEDS_DAYS))
    if parsed.key and parsed.device_days is not None:
        others = listed(("--from", "--to", "--tenant"))
        raise Stop(fault(Code.DOES_NOT_TAKE, what="--key", option="--device-days", others=others))
    time = exposure.Time(parsed.first, parsed.last)

    def work(session: Session) -> list[str]:
        tenant = the_tenant(session, parsed.tenant)
        if parsed.key:
            found, whom = exposure.by_key(session, tenant, parsed.key, time), f"key:{parsed.key}"
        else:
            person = the_person(session, tenant, parsed.person)
            whom = f"person:{person.id}"
            if parsed.device_days is None:
                found = exposure.to_person(session, tenant, person, time)
            else:
                found = exposure.on_device(session, tenant, person, time, parsed.device_days)
        detail = f"{whom} {time.first}/{time.last}"
        trail.record(session, tenant.id, now(settings), actor(), "exposed", detail=detail)
        return exposure.draft(whom, time, found)

    with open_desk(settings, keyless=True) as desk:
        for line in desk.run_now(work):
            print(line)


def _verify_log(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    since = heads.read_head(parsed.since) if parsed.since is not None else None
    # A trail that somebody has written anew with a key of her own is broken, and its first row is named.
    with open_desk(settings, any_trail_key=not parsed.head) as desk:
        other_key = [] if desk.read_now(trail.knows_key) else [fault(Code.TRAIL_KEY_OTHER)]
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
    if broken or other_key:
        raise Stop(*broken, *other_key)
    for head in printed:
        print(head)


def _signed_heads(desk: Desk, settings: Settings) -> list[str]:
    """Return a head for each tenant, signed now and covering everything recorded until now."""
    while desk.run_now(trail.chain_new):
        pass

    def work(session: Session) -> list[str]:
        found = [heads.sign_now(session, tenant, today(settings)) for tenant in tenants.everyone(session)]
        return [str(head) for head in found if head]

    return desk.run_now(work)


def _access_log(parsed: argparse.Namespace) -> None:
    settings = read_settings()
    check_days(parsed.first, parsed.last)
    asked = access_log.Question(parsed.case, parsed.unit, parsed.first, parsed.last)
    if parsed.plain:
        if not parsed.case:
            raise Stop(fault(Code.CASE_NEEDED))
        with open_desk(settings, keyless=True) as desk:
            lines = desk.run_now(lambda session: access_log.plain_lines(session, asked, actor(), now(settings)))
        print("\n".join(lines))
        return
    with open_desk(settings) as desk, output(None) as out, as_text(out) as text:
        # Committed first: whoever stops reading halfway (`| head`) has read it too.
        found = desk.run_now(lambda session: access_log.record_reading(session, asked, actor(), now(settings)))
        desk.read_now(lambda session: write_csv(text, access_log.COLUMNS, access_log.rows_of(session, asked, found)))
