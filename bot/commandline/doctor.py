"""`doctor`: what stands between an installation and its first answer, a line each, and what to do about it.

It changes nothing: it neither creates nor migrates a database. Only --send-test leaves a trace: a message and an event.
"""

import argparse
import asyncio
import contextlib
from collections.abc import Iterator
from datetime import date

from bot.commandline import doctor_here, doctor_outside
from bot.commandline.common import Stop, today
from bot.commandline.doctor_lines import Line
from bot.settings import BadSettings, Settings, read_settings
from checklists.faults import Code, Refusal, fault
from storage.desk import Desk, opened
from storage.sealing import Keys


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `doctor` to the command line."""
    doctor = commands.add_parser("doctor", help="look for what keeps the bot from answering; changes nothing")
    doctor.add_argument("--send-test", metavar="WHO", help="also send a message to yourself: e-mail or object id")
    doctor.set_defaults(run=_doctor)


def _doctor(parsed: argparse.Namespace) -> None:
    wrong: set[str] = set()
    for line in _lines(parsed.send_test):
        if line.fault and str(line.fault) in wrong:  # a missing key is found twice
            continue
        print(line, flush=True)  # at once, as lines that wait for the network take a while
        if line.fault:
            wrong.add(str(line.fault))
    if wrong:
        raise Stop(fault(Code.FAULTS_FOUND, count=len(wrong)))


def _lines(send_test: str | None) -> Iterator[Line]:
    try:
        settings = read_settings()
    except Refusal as refused:  # nothing else can be looked at without them
        yield from (Line("settings", fault=each) for each in refused.faults)
        return
    yield from doctor_here.of_settings(settings)
    if settings.mode == "production":  # tests and tools have variables with names like these as well
        yield from doctor_here.of_names()
    yield from doctor_here.of_addresses(settings)
    yield from doctor_here.of_import_folder(settings)
    day = today(settings)
    keys, lines = doctor_here.keys_of(settings)
    yield from lines
    with contextlib.ExitStack() as stack:
        desk = None
        for found in _of_database(settings, keys, stack):
            if isinstance(found, Desk):
                desk = found
            else:
                yield found
        yield from doctor_here.of_tab(desk, settings)
        yield from doctor_here.of_roots()
        yield from _of_network(settings, day)
        if send_test is not None:
            yield _sent(settings, desk, send_test)


def _of_database(settings: Settings, keys: Keys | None, stack: contextlib.ExitStack) -> Iterator[Line | Desk]:
    """Yield what is found; and the desk, if its schema is this release's."""
    missing = doctor_here.no_file(settings)
    if missing is not None:
        yield missing
        return
    try:
        # Without keys the rest can still be looked at; the made-up ones open nothing.
        desk = stack.enter_context(opened(settings.database, keys or Keys({"none": bytes(32)}, bytes(32))))
        lines = doctor_here.of_database(desk)
    except Refusal as refused:
        yield from (Line("database", fault=each) for each in refused.faults)
        return
    yield from lines
    if any(line.fault for line in lines):
        return
    if keys is not None:
        yield from doctor_here.of_kept_keys(desk)
    yield from doctor_here.of_register(desk, settings)
    yield from doctor_here.of_rows(desk)
    yield from doctor_here.of_lists(desk)
    yield desk


def _of_network(settings: Settings, day: date) -> Iterator[Line]:
    if settings.mode == "dev":
        yield Line("network", left_out="BK_MODE=dev speaks to this machine only")
        return
    yield from doctor_here.of_proof(settings, day)
    yield from asyncio.run(doctor_outside.look(settings, day))


def _sent(settings: Settings, desk: Desk | None, who: str) -> Line:
    if desk is None:
        return Line("send-test", left_out="the database comes first")
    try:
        settings.check_for_serving()
    except BadSettings:
        return Line("send-test", left_out="the settings come first")
    return asyncio.run(doctor_outside.send(settings, desk, who))
