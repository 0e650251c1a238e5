"""The commands that check checklist files and the criticism they cover, and build the Teams app package."""

import argparse
from pathlib import Path
from urllib.parse import urlsplit

from actions.measures import every_measured
from bot.commandline.common import Stop, file_kind, open_desk, output, release
from bot.commandline.doctor_here import no_file
from bot.settings import read_settings
from checklists.concepts import FILE, Concept, faults_of, read_concepts
from checklists.coverage import coverage, newest_files
from checklists.faults import Code, Fault, Refusal, fault
from checklists.loader import DEFINITIONS, BadFile, all_checklists, check_name, overlooked, read_checklist
from checklists.model import Checklist


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `checklist`, `coverage` and `package` to the command line."""
    lists = commands.add_parser("checklist", help="checklist files").add_subparsers(required=True, metavar="check")
    check = lists.add_parser("check", help="check checklist files")
    check.add_argument("files", type=Path, nargs="*", metavar="FILE")
    check.set_defaults(run=_checklist_check)

    covers = commands.add_parser("coverage", help="show which question covers which criticism")
    covers.add_argument("files", type=Path, nargs="*", metavar="FILE")
    covers.set_defaults(run=_coverage)

    package = commands.add_parser("package", help="build the Teams app package")
    package.add_argument("--out", type=Path, default=Path("beslutskollen.zip"), metavar="FILE")
    package.add_argument(
        "--before",
        type=Path,
        metavar="FILE",
        help="the package uploaded last, if it is not in --out",
    )
    package.set_defaults(run=_package)


def _checklist_check(parsed: argparse.Namespace) -> None:
    shipped = sorted(path for path in DEFINITIONS.glob("*.v*.yaml") if not path.name.startswith("facts."))
    files = parsed.files or [*shipped, *overlooked()]
    faults: list[Fault] = []
    concepts: tuple[Concept, ...] = ()
    try:
        concepts = read_concepts(FILE)
    except BadFile as error:
        faults += error.faults
    if concepts and not parsed.files:
        print(f"{FILE.name}: {len(concepts)} concepts")
    for path in files:
        try:
            checklist = read_checklist(path)
            if not parsed.files or path.match("*.v*.yaml"):  # a draft may be called anything
                check_name(path, checklist)
            lacking = list(faults_of(concepts, {checklist.id: checklist})) if _is_newest(checklist) else []
            if lacking:
                faults += [one.of(path.name) for one in lacking]
                continue
            print(f"{path.name}: {len(checklist.items)} questions, no faults")
        except BadFile as error:
            faults += error.faults
        except OSError as error:
            faults.append(fault(Code.CANNOT_READ, file=path, why=error.strerror))
    if faults:
        raise Stop(*{str(one): one for one in faults}.values())  # a fault in a shipped list is met with every other


def _is_newest(checklist: Checklist) -> bool:
    """Return whether no shipped version of the list is newer: an older one need not have every question."""
    shipped = [version for list_id, version in all_checklists() if list_id == checklist.id]
    return checklist.version >= max(shipped, default=0)


def _coverage(parsed: argparse.Namespace) -> None:
    try:
        checklists = [read_checklist(path) for path in parsed.files or newest_files()]
    except OSError as error:
        raise Stop(fault(Code.CANNOT_READ, file=Path(error.filename), why=error.strerror)) from None
    told, measured = coverage(checklists), _measured()
    for one in told:
        if one.questions:
            how = " (indirect, gives no figure)" if one.finding.indirect else ""
            print(f"{one.finding.code} {one.finding.text_en}: {', '.join(one.questions)}{how}")
    lacking = [
        fault(_LACKS[lack], finding=one.finding.code, words=one.finding.text_en)
        for one in told
        if (lack := one.lacks(measured))
    ]
    if lacking:
        raise Stop(*lacking)


_LACKS = {"question": Code.NOTHING_COVERS, "direct": Code.ONLY_INDIRECT, "measure": Code.NEEDS_MEASURE}


def _measured() -> frozenset[str]:
    """Return the findings that have measures; none if the bot is not set up. Creates no database."""
    try:
        settings = read_settings()
        if no_file(settings) is not None:
            return frozenset()
        with open_desk(settings, keyless=True) as desk:
            return desk.read_now(every_measured)
    except Refusal as refused:
        print(f"measures are not looked at: {'; '.join(map(str, refused.faults))}")
        return frozenset()


def _package(parsed: argparse.Namespace) -> None:
    # Imported here: it loads every command of the bot, which the others do not need.
    from bot.package import Developer, NotOurs, build, next_version
    from bot.package_check import check

    settings = read_settings()
    developer = Developer(settings.municipality, settings.website_url, settings.privacy_url, settings.terms_url)

    def made(version: str) -> bytes:
        return build(settings.app_id, settings.public_url, version, developer, settings.tab_resource)

    version = release()
    before: Path = parsed.before or parsed.out
    file_kind(parsed.out, "zip")
    package = made(version)
    if parsed.before or before.exists():
        try:
            version = next_version(package, before.read_bytes(), version)
        except OSError as error:
            raise Stop(fault(Code.CANNOT_READ, file=before, why=error.strerror)) from None
        except NotOurs:
            raise Stop(fault(Code.NOT_A_PACKAGE, file=before)) from None
        package = made(version)
    faults = check(package, urlsplit(settings.public_url).hostname or "")
    if faults:
        raise Stop(*(fault(Code.PACKAGE_FAULTY, found=found) for found in faults))
    with output(parsed.out) as file:
        file.write(package)
    print(f"{parsed.out}: version {version}, {len(package)} bytes")
