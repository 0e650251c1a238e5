"""What `doctor` finds on this machine and in the database."""

import os
import re
import socket
import ssl
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bot.commandline.common import faults_of_masters
from bot.commandline.doctor_lines import Line
from bot.identity import proof_ends
from bot.package import GUID
from bot.settings import MANAGED, VAR, BadSettings, Settings, unknown_settings
from checklists.faults import Code, Refusal, fault, listed, word
from checklists.identity import entra_id
from storage import condition, migrate, not_held, tenants, trail
from storage.desk import Desk, Session
from storage.sealing import Keys

SOON = 30
"""With fewer days left than this, a certificate or secret is a fault: it is time to order a new one."""
MOST_ROWS = 200_000
"""How many rows of each table are looked at, the newest ones: the command should answer in seconds."""
MOST_NAMED = 10
FAR_APART = 60
"""Two clocks that differ by more seconds than this are a fault. From five minutes on, tokens are refused."""


def of_settings(settings: Settings) -> Iterator[Line]:
    """Yield whether the bot would start with these settings, and whether the ids can be ids."""
    try:
        settings.check_for_serving()
    except BadSettings as refused:
        yield from (Line("settings", fault=each) for each in refused.faults)
        return
    ids = {"MicrosoftAppId": settings.app_id, "MicrosoftAppTenantId": settings.app_tenant_id}
    wrong = [name for name, value in ids.items() if value and not re.fullmatch(GUID, value)]
    wrong += ["BK_TENANTS" for tenant in settings.tenants if not re.fullmatch(GUID, tenant)][:1]
    if wrong and settings.mode == "production":
        yield from (Line("settings", fault=fault(Code.NO_GUID, setting=name)) for name in wrong)
    else:
        yield Line("settings", ok=f"the bot starts with them, for {len(settings.tenants)} tenant(s)")


def of_names() -> Iterator[Line]:
    """Yield the settings whose names the bot does not know: it ignores them, as an older release has to."""
    for setting, near in unknown_settings():
        yield Line("settings", fault=fault(Code.NO_SUCH_SETTING, setting=word(setting), allowed=listed(near)))


def of_addresses(settings: Settings) -> Iterator[Line]:
    """Yield the addresses that the bot could not listen on. Ports are not tried: the bot may be running."""
    for setting, host in (("BK_HOST", settings.host), ("BK_ADMIN_HOST", settings.admin_host)):
        if host in ("::", "0.0.0.0"):  # every address there is
            continue
        try:
            for family, kind, protocol, _, address in socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM):
                with socket.socket(family, kind, protocol) as tried:
                    tried.bind(address)
        except OSError:
            yield Line("address", fault=fault(Code.ADDRESS_NOT_HERE, address=host, setting=setting))


def of_import_folder(settings: Settings) -> Iterator[Line]:
    """Yield whether files can be read in the import folder, and moved within it."""
    if not settings.import_folder:
        return
    folder = Path(settings.import_folder)
    try:
        names = list(folder.iterdir())
        why = "" if os.access(folder, os.W_OK) else "nothing can be moved in it"
    except OSError as error:
        why = error.strerror or type(error).__name__
    if why:
        yield Line("import folder", fault=fault(Code.FOLDER_UNREADABLE, folder=folder, why=why))
    else:
        yield Line("import folder", ok=f"{len(names)} files and folders in it")


def keys_of(settings: Settings) -> tuple[Keys | None, list[Line]]:
    """Return the keys; None, and what is wrong, if there are none. Keys for dev mode are not generated here."""
    secrets = {"keys": settings.keys, "trail_key": settings.trail_key}
    missing = [name for name, value in secrets.items() if not value.get_secret_value() and not (VAR / name).exists()]
    if settings.mode == "dev" and missing:
        return None, [Line("keys", left_out="BK_MODE=dev makes its own at the first start")]
    try:
        return Keys(settings.master_keys(), settings.trail()), []
    except Refusal as refused:
        return None, [Line("keys", fault=each) for each in refused.faults]


def no_file(settings: Settings) -> Line | None:
    """Return a fault if SQLite's file does not exist: opening the database would create it."""
    path = Path(settings.database.removeprefix("sqlite:///"))
    if not settings.database.startswith("sqlite:///") or path.exists():
        return None
    return Line("database", fault=fault(Code.NO_DATABASE_YET, file=path))


def of_database(desk: Desk) -> list[Line]:
    """Return whether the database answers, has this release's schema, can be written to, and has the same clock."""
    if why := condition.why_silent(desk):
        return [Line("database", fault=fault(Code.DATABASE_SAYS, why=why))]
    standing, found = migrate.state(desk)
    if standing == "newer":
        return [Line("schema", fault=fault(Code.SCHEMA_NEWER, found=found, known=migrate.HEAD))]
    if standing != "current":
        return [Line("schema", fault=fault(Code.SCHEMA_OLD))]
    lines = [Line("schema", ok=found)]
    if why := condition.why_not_writable(desk):
        lines.append(Line("database", fault=fault(Code.NOT_WRITABLE, why=why)))
    else:
        lines.append(Line("database", ok=f"{desk.dialect} answers and can be written to"))
    ahead = desk.read_now(condition.seconds_ahead)
    if ahead is not None:
        lines.append(of_clock("the database", ahead))
    return lines


def of_clock(where: str, seconds: float) -> Line:
    """Return whether another clock agrees with this machine's. seconds: how far it is ahead."""
    if abs(seconds) > FAR_APART:
        return Line("clock", fault=fault(Code.CLOCK_WRONG, where=where, seconds=round(abs(seconds))))
    return Line("clock", ok=f"as that of {where}, to {max(1, round(abs(seconds)))} s")


def of_kept_keys(desk: Desk) -> Iterator[Line]:
    """Yield whether the master keys open what is sealed, and the trail's key is the one its events were signed with."""
    faults = faults_of_masters(desk)
    yield from (Line("keys", fault=each) for each in faults)
    if not faults:
        yield Line("keys", ok=f"they open all {desk.read_now(desk.keys.look).count} kept keys")
    if desk.read_now(trail.knows_key):
        yield Line("trail key", ok="the trail is signed with it")
    else:
        yield Line("trail key", fault=fault(Code.TRAIL_KEY_OTHER))


def of_rows(desk: Desk) -> Iterator[Line]:
    """Yield the rows that hold values they cannot hold: the first MOST_NAMED by name, then how many there are."""
    found, count = desk.read_now(partial(not_held.look, most=MOST_ROWS))
    yield from (Line("rows", fault=one.fault) for one in found[:MOST_NAMED])
    if len(found) > MOST_NAMED:
        yield Line("rows", fault=fault(Code.ROWS_NOT_HELD, count=len(found)))
    if not found:
        yield Line("rows", ok=f"{count} looked at, and each can be read")


def of_register(desk: Desk, settings: Settings) -> Iterator[Line]:
    """Yield whether each tenant has somebody who gets an answer."""
    counts = {entra_id(tenant): count for tenant, count in desk.read_now(condition.registered).items()}
    for tenant in sorted(settings.tenants):
        if counts.get(tenant):
            yield Line("register", ok=f"{tenant} has {counts[tenant]} people")
        else:
            yield Line("register", fault=fault(Code.NOBODY_REGISTERED, tenant=tenant))


def of_tab(desk: Desk | None, settings: Settings) -> Iterator[Line]:
    """Yield whether people can sign in to the tab, and whether a municipality has its cases there while it is off."""
    if desk is not None and not settings.tab_resource and "tab" in desk.read_now(_contents):
        yield Line("tab", fault=fault(Code.CONTENT_WITHOUT_TAB))
    if not settings.tab_resource or not settings.app_id or not settings.pages_url:  # reported with the settings
        return
    wanted = f"api://{urlsplit(settings.pages_url).netloc}/botid-{settings.app_id}".lower()
    if settings.tab_resource.lower() in (wanted, wanted.replace("/botid-", "/")):
        yield Line("tab", ok=f"people sign in to it as {settings.tab_resource}")
    else:
        yield Line("tab", fault=fault(Code.TAB_ELSEWHERE, named=settings.tab_resource, wanted=wanted))


def _contents(session: Session) -> set[str]:
    return {tenants.settings(row).content for row in tenants.everyone(session)}


def of_roots() -> Iterator[Line]:
    """Yield whether the operator's own file of root certificates can be read: Python is silent when it cannot."""
    named = os.environ.get("SSL_CERT_FILE", "")
    if not named:
        return
    try:
        count = len(_read_roots(named))
    except (OSError, ValueError):
        count = 0
    if count:
        yield Line("SSL_CERT_FILE", ok=f"{count} certificates")
    else:
        yield Line("SSL_CERT_FILE", fault=fault(Code.NO_ROOTS_IN_FILE, setting="SSL_CERT_FILE", file=Path(named)))


def _read_roots(named: str) -> list[object]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=named)  # an ssl.SSLError is an OSError
    return list(context.get_ca_certs())


def of_proof(settings: Settings, today: date) -> Iterator[Line]:
    """Yield how long the secret or the certificate lasts."""
    if settings.app_type == MANAGED or settings.federated_token_file:
        return
    try:
        ends = proof_ends(settings)
    except Refusal:
        return  # reported with the settings
    proof = "the certificate in BK_APP_CERTIFICATE" if settings.app_certificate.get_secret_value() else "the secret"
    if ends is None:
        yield Line("secret", left_out="set BK_SECRET_ENDS to the day that Entra shows, to be warned in time")
    elif (ends - today).days < SOON:
        yield Line("secret", fault=fault(Code.PROOF_ENDS, proof=proof, day=ends, today=today))
    else:
        yield Line("secret", ok=f"{proof} ends on {ends}")


def of_lists(desk: Desk) -> Iterator[Line]:
    """Yield the versions of checklists that kept lists need and that are not installed, or what is wrong with one."""
    try:
        faults = desk.read_now(condition.versions_missing)
    except Refusal as refused:
        faults = list(refused.faults)
    yield from (Line("checklists", fault=one) for one in faults)
    if not faults:
        yield Line("checklists", ok="every version that lists are filled in by is installed")
