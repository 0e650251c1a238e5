"""The Teams app package: building it, validating it against Microsoft's schema, and the faults our check finds."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.package import FILES, SOURCE, Developer, NotOurs, build, next_version, zipped
from bot.package_check import MOST_COMMANDS, check
from checklists.replies import folded
from dialogs.turn.commands import COMMANDS
from manifest.draw_icons import COLOR, OUTLINE, PETROL, draw, png

APP_ID = "22222222-2222-4222-8222-222222222222"
URL = "https://bot.kommunen.example/teams"
HOST = "bot.kommunen.example"
PACKAGE = build(APP_ID, URL, "1.2.3")
SCHEMAS = Path("@microsoft/app-manifest/build/json-schemas/teams/v1.25")


def unpacked(package: bytes = PACKAGE) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def read(name: str) -> Any:
    return json.loads(unpacked()[name])


def with_changed(name: str, change: Callable[[Any], object]) -> bytes:
    value = read(name)
    change(value)
    return zipped(unpacked() | {name: json.dumps(value).encode()})


def command(number: int, key: str) -> str:
    return f"bots[0].commandLists[0].commands[{number}].{key}"


# --- building ---------------------------------------------------------------------------------------------------------


def test_a_package_has_no_fault() -> None:
    assert check(PACKAGE, HOST) == []


def test_the_tab_is_in_the_package_only_where_people_can_sign_in() -> None:
    resource = f"api://{HOST}/botid-{APP_ID}"
    package = build(APP_ID, URL, "1.2.3", tab_resource=resource)
    assert check(package, HOST) == []
    manifest, english = (json.loads(unpacked(package)[name]) for name in ("manifest.json", "en.json"))
    [tab] = manifest["staticTabs"]
    assert (tab["contentUrl"], tab["scopes"]) == (f"{URL}/flik", ["personal"])
    assert manifest["webApplicationInfo"] == {"id": APP_ID, "resource": resource}
    assert english["staticTabs[0].name"] != tab["name"]
    assert not {"staticTabs", "webApplicationInfo"} & read("manifest.json").keys()
    assert check(package, "another.example") != []
    other = {**manifest, "webApplicationInfo": {"id": APP_ID.replace("2", "3"), "resource": resource}}
    assert check(zipped(unpacked(package) | {"manifest.json": json.dumps(other).encode()}), HOST)
    alone = {name: value for name, value in manifest.items() if name != "webApplicationInfo"}
    assert check(zipped(unpacked(package) | {"manifest.json": json.dumps(alone).encode()}), HOST)


@pytest.mark.parametrize("name", ["manifest.json", "en.json"])
def test_a_package_with_the_tab_is_valid_against_microsofts_schema(node_modules: Path, name: str) -> None:
    value = json.loads(unpacked(build(APP_ID, URL, "1.2.3", tab_resource=f"api://{HOST}/made-up"))[name])
    schema = "MicrosoftTeams.schema.json" if name == "manifest.json" else "MicrosoftTeams.Localization.schema.json"
    rules = json.loads((node_modules / SCHEMAS / schema).read_text(encoding="utf-8-sig"))
    assert [error.message for error in jsonschema.Draft4Validator(rules).iter_errors(value)] == []


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert build(APP_ID, URL, "1.2.3") == PACKAGE
    with zipfile.ZipFile(io.BytesIO(PACKAGE)) as archive:
        assert [info.filename for info in archive.infolist()] == sorted(FILES)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_package_names_the_bot_its_host_and_its_version() -> None:
    manifest = read("manifest.json")

    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID
    assert manifest["validDomains"] == ["bot.kommunen.example"]
    assert manifest["developer"] == {
        "name": "Beslutskollen",
        "websiteUrl": f"{URL}/integritet",
        "privacyUrl": f"{URL}/integritet",
        "termsOfUseUrl": f"{URL}/villkor",
    }
    assert manifest["version"] == "1.2.3"


OWN = Developer(
    "Påhittade kommun", "https://kommunen.example", "https://kommunen.example/gdpr?x=1", "https://v.example/"
)


def test_the_municipality_is_the_developer_with_pages_of_its_own() -> None:
    package = build(APP_ID, URL, "1.0.0", OWN)
    manifest = json.loads(unpacked(package)["manifest.json"])

    assert manifest["developer"] == {
        "name": "Påhittade kommun",
        "websiteUrl": "https://kommunen.example",
        "privacyUrl": "https://kommunen.example/gdpr?x=1",
        "termsOfUseUrl": "https://v.example/",
    }
    assert manifest["validDomains"] == [HOST]
    assert check(package, HOST) == []


def test_the_version_rises_with_what_is_said_and_only_then() -> None:
    assert next_version(build(APP_ID, URL, "0.2.0"), PACKAGE, "0.2.0") == "1.2.3"
    assert next_version(build(APP_ID, URL, "0.2.0", OWN), PACKAGE, "0.2.0") == "1.2.4"
    assert next_version(build(APP_ID, URL, "2.0.0", OWN), PACKAGE, "2.0.0") == "2.0.0"
    assert next_version(build(APP_ID, URL, "1.10.0", OWN), build(APP_ID, URL, "1.9.9"), "1.10.0") == "1.10.0"
    with_icon = zipped(unpacked() | {"color.png": b"another"})
    assert next_version(PACKAGE, with_icon, "0.2.0") == "1.2.4"


@pytest.mark.parametrize(
    "before", [b"", b"PK", zipped({"manifest.json": b"[]"}), zipped({}), build(APP_ID.replace("2", "3"), URL, "1.0.0")]
)
def test_a_file_that_is_not_the_apps_package_is_not_built_upon(before: bytes) -> None:
    with pytest.raises(NotOurs):
        next_version(PACKAGE, before, "0.2.0")


def test_a_host_is_written_in_lower_case_without_port() -> None:
    package = build(APP_ID, "https://Bot.Kommunen.example:8443", "1.0.0")

    assert json.loads(unpacked(package)["manifest.json"])["validDomains"] == ["bot.kommunen.example"]
    assert check(package, HOST) == []


@pytest.mark.parametrize(
    ("app_id", "url", "version", "named"),
    [
        ("", URL, "1.0.0", "MicrosoftAppId"),
        ("beslutskollen", URL, "1.0.0", "MicrosoftAppId"),
        (APP_ID + "\n", URL, "1.0.0", "MicrosoftAppId"),
        (APP_ID, "", "1.0.0", "BK_PUBLIC_URL"),
        (APP_ID, "http://bot.kommunen.example", "1.0.0", "BK_PUBLIC_URL"),
        (APP_ID, "https://*.example", "1.0.0", "BK_PUBLIC_URL"),
        (APP_ID, "https://anna@bot.kommunen.example", "1.0.0", "BK_PUBLIC_URL"),
        (APP_ID, URL, "1.0", "version"),
    ],
)
def test_invalid_package_arguments_are_rejected_by_name(app_id: str, url: str, version: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        build(app_id, url, version)


def test_every_command_of_the_bot_is_listed_until_the_list_is_full() -> None:
    listed = read("manifest.json")["bots"][0]["commandLists"][0]["commands"]
    words = {folded(one["title"]) for one in listed}

    assert len(words) == MOST_COMMANDS or {folded(one.word) for one in COMMANDS} <= words


@pytest.mark.parametrize(("name", "size", "layers"), [("color.png", 192, COLOR), ("outline.png", 32, OUTLINE)])
def test_an_icon_is_what_the_script_draws(name: str, size: int, layers: Any) -> None:
    def plain(file: bytes) -> tuple[bytes, bytes]:
        # Compressed bytes may differ between zlib versions: compare the header (33 bytes) and the unpacked single IDAT.
        return file[:33], zlib.decompress(file[41:-16])

    assert plain((SOURCE / name).read_bytes()) == plain(png(size, draw(size, layers)))


def test_the_accent_colour_is_that_of_the_icon() -> None:
    assert read("manifest.json")["accentColor"] == "#" + bytes(PETROL).hex()


# --- Microsoft's schema -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "schema"),
    [("manifest.json", "MicrosoftTeams.schema.json"), ("en.json", "MicrosoftTeams.Localization.schema.json")],
)
def test_the_package_is_valid_against_microsofts_schema(node_modules: Path, name: str, schema: str) -> None:
    value = read(name)
    rules = json.loads((node_modules / SCHEMAS / schema).read_text(encoding="utf-8-sig"))

    assert value["$schema"].endswith(f"/teams/v1.25/{schema}")
    assert [error.message for error in jsonschema.Draft4Validator(rules).iter_errors(value)] == []
    assert [error.message for error in jsonschema.Draft4Validator(rules).iter_errors(value | {"unknown": 1})]


# --- the faults the check finds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda m: m["name"].update(short="B" * 31), "manifest.json: name.short is 'BBB"),
        (lambda m: m["name"].update(short=" "), "manifest.json: name.short is ' '"),
        (lambda m: m["description"].update(short="B" * 81), "manifest.json: description.short"),
        (lambda m: m.update(copilotAgents={}), "manifest.json: copilotAgents is no key of ours"),
        (lambda m: m.pop("accentColor"), "manifest.json: accentColor is missing"),
        (lambda m: m.update(id="not-a-guid"), "manifest.json: id is 'not-a-guid'"),
        (lambda m: m["bots"][0].update(botId=APP_ID.replace("2", "3")), "manifest.json: bots[0].botId must be the id"),
        (lambda m: m["bots"][0].update(scopes=["team"]), "manifest.json: bots[0].scopes[0] is 'team'"),
        (lambda m: m["bots"][0]["scopes"].append("personal"), "manifest.json: bots[0].scopes must have 1 to 1 entries"),
        (lambda m: m["bots"][0].update(supportsFiles=True), "manifest.json: bots[0].supportsFiles must be false"),
        (lambda m: m.update(validDomains=["token.example"]), "manifest.json: validDomains must be the one host"),
        (lambda m: m.update(validDomains=["*.example"]), "manifest.json: validDomains[0] is '*.example'"),
        (lambda m: m["bots"][0]["commandLists"][0].update(commands=[]), "commands must have 1 to 12 entries, not 0"),
        (
            lambda m: m["bots"][0]["commandLists"][0]["commands"][1].pop("description"),
            f"manifest.json: {command(1, 'description')} is missing",
        ),
        (
            lambda m: m["bots"][0]["commandLists"][0]["commands"][0].update(title="signera allt"),
            "manifest.json: the bot handles no command 'signera allt'",
        ),
    ],
)
def test_a_fault_in_the_manifest_is_found(change: Callable[[Any], object], fault: str) -> None:
    assert_only_fault(with_changed("manifest.json", change), fault)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda e: e.pop("description.short"), "en.json: description.short is missing"),
        (lambda e: e.pop(command(0, "title")), f"en.json: {command(0, 'title')} is missing"),
        (lambda e: e.update({command(12, "title"): "more"}), f"en.json: {command(12, 'title')} is no key of ours"),
        (lambda e: e.update({"name.short": "B" * 31}), "en.json: name.short is 'BBB"),
        (lambda e: e.update({command(0, "title"): "undo"}), "en.json: 'undo' is not the command 'ny' in English"),
        (lambda e: e.update({command(0, "title"): "sign all"}), "en.json: 'sign all' is not the command 'ny'"),
        (lambda e: e.update({"$schema": "v1.24"}), "en.json: $schema is 'v1.24'"),
    ],
)
def test_a_fault_in_the_english_texts_is_found(change: Callable[[Any], object], fault: str) -> None:
    assert_only_fault(with_changed("en.json", change), fault)


ICON = unpacked()["color.png"]
FILTERED = zlib.compress((b"\2" + b"\xff" * 192 * 4) * 192)


@pytest.mark.parametrize(
    ("name", "picture", "fault"),
    [
        ("color.png", png(96, b"\xff" * 96 * 96 * 4), "color.png: it must be a picture of 192 x 192 pixels"),
        ("color.png", png(193, b"\xff" * 193 * 193 * 4), "it is 193 x 193"),
        ("color.png", png(192, b"\xff" * 192 * 191 * 4), "its rows are cut short or filtered"),
        ("color.png", ICON[:33] + struct.pack(">I4s", len(FILTERED), b"IDAT") + FILTERED, "are cut short or filtered"),
        ("color.png", png(192, b"\xff\xff\xff\x00" * 192 * 192), "color.png: it must be opaque"),
        ("color.png", b"GIF89a", "color.png: it must be a picture"),
        ("color.png", b"\x8bJNG" + ICON[4:], "it is not a PNG with eight bits each of red, green, blue and alpha"),
        (
            "color.png",
            ICON[:25] + b"\2" + ICON[26:],
            "it is not a PNG with eight bits each of red, green, blue and alpha",
        ),
        ("outline.png", png(32, b"\xff" * 32 * 32 * 4), "outline.png: it must be white on transparent"),
        ("outline.png", png(32, b"\0\0\0\xff\xff\xff\xff\0" * 512), "outline.png: it must be white on transparent"),
    ],
)
def test_a_wrong_icon_is_found(name: str, picture: bytes, fault: str) -> None:
    assert_only_fault(zipped(unpacked() | {name: picture}), fault)


@pytest.mark.parametrize(
    ("package", "fault"),
    [
        (zipped(unpacked() | {"notes.txt": b""}), "the package holds color.png, en.json, manifest.json, notes.txt,"),
        (zipped({f"app/{name}": content for name, content in unpacked().items()}), "the package holds app/color.png"),
        (zipped(unpacked() | {"manifest.json": b"{"}), "the package cannot be read"),
        (zipped(unpacked() | {"en.json": b"[]"}), "en.json: it must be an object"),
        (PACKAGE[:-30], "the package cannot be read"),
    ],
)
def test_a_package_that_teams_could_not_read_is_found(package: bytes, fault: str) -> None:
    assert_only_fault(package, fault)


def test_every_fault_is_named_at_once() -> None:
    broken = with_changed("manifest.json", lambda m: (m["name"].update(short=""), m.pop("id"), m.update(extra=1)))

    assert len(check(broken, HOST)) == 3


def assert_only_fault(package: bytes, fault: str) -> None:
    found = check(package, HOST)
    assert len(found) == 1, found
    assert fault in found[0]
