"""The trail from outside: `verify-log`."""

import argparse

from bot.commandline.common import Stop, open_desk
from bot.settings import read_settings
from storage import audit, tenants


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the command line."""
    commands.add_parser("verify-log", help="check the trail from the beginning").set_defaults(run=_verify_log)


def _verify_log(_parsed: argparse.Namespace) -> None:
    with open_desk(read_settings()) as desk:
        verdicts = desk.run_now(
            lambda session: [
                (tenant.entra_id, audit.verify(session, tenants.key(tenant))) for tenant in tenants.everyone(session)
            ]
        )
    for tenant, verdict in verdicts:
        print(f"{tenant}: {verdict.sealed} sealed, {verdict.unsealed} not sealed yet")
    broken = [f"{tenant}: the trail is broken, {verdict.bad}" for tenant, verdict in verdicts if verdict.bad]
    if broken:
        raise Stop("\n".join(broken))
