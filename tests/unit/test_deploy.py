"""What is in deploy/ fits the bot: its settings, routes, metrics and waiting times; and it runs without privileges."""

import configparser
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

import app
from bot.clock import Clock
from bot.metrics import Metrics
from bot.settings import Settings, read_settings
from bot.stopping import FINISH_SECONDS
from bot.web import make_app
from storage.desk import Desk
from storage.sealing import Keys
from tests.conftest import TRAIL
from tests.migrated import put_database
from tests.unit.test_docs import commands, setting_names

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NOT_OURS = {"HTTPS_PROXY", "NO_PROXY"}
INSIDE = {"/healthz"}
"""Requested by what monitors the bot, never from outside."""


def read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


COMPOSE: dict[str, Any] = yaml.safe_load(read("compose.yaml"))
BOTS = [COMPOSE["services"][name] for name in ("bot1", "bot2")]


@pytest.fixture
def routes(tmp_path: Path) -> set[str]:
    """Return every path the bot answers at."""
    desk = Desk(put_database(tmp_path / "bot.db"), Keys({"made-up": bytes(32)}, TRAIL))
    script = tmp_path / "teams.js"
    script.write_text("", encoding="utf-8")
    with_tab = read_settings(mode="dev", tab_resource="api://bot.example.invalid/made-up", teams_js=str(script))
    made: web.Application = make_app(with_tab, desk, Clock(), Metrics())
    desk.close()
    return {str(route.resource.canonical) for route in made.router.routes() if route.resource is not None}


# --- the proxies -----------------------------------------------------------------------------------------------------


def passed_by_nginx() -> set[str]:
    [named] = re.findall(r"location ~ \^/\((.*)\)\$", read("nginx.conf"))
    return {"/" + path.replace("\\", "") for path in named.split("|")}


def passed_by_caddy() -> set[str]:
    [named] = re.findall(r"@bot path (.*)", read("Caddyfile"))
    return set(named.split())


def test_the_proxies_pass_what_the_bot_has_for_those_outside_and_nothing_else(routes: set[str]) -> None:
    assert len(routes) > 5
    assert passed_by_nginx() == routes - INSIDE
    assert passed_by_caddy() == routes - INSIDE


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_braces_of_a_proxys_file_are_paired(name: str) -> None:
    text = re.sub(r"#.*", "", read(name))

    assert text.count("{") == text.count("}") > 3


def test_the_proxies_close_what_is_idle_before_the_bot_does() -> None:
    keeps = Settings.model_fields["keep_alive_seconds"].default
    for name, pattern in (("nginx.conf", r"keepalive_timeout (\d+)s"), ("Caddyfile", r"keepalive (\d+)s")):
        [seconds] = re.findall(pattern, read(name))
        assert int(seconds) < keeps


def test_the_proxies_take_bodies_as_large_as_the_bot_and_send_no_post_twice() -> None:
    assert "client_max_body_size 256k;" in read("nginx.conf")
    assert "max_size 256KB" in read("Caddyfile")
    assert "non_idempotent" not in re.sub(r"#.*", "", read("nginx.conf"))
    assert "lb_retry_match" not in read("Caddyfile")


def test_no_log_of_a_proxy_has_the_token_of_a_link() -> None:
    [written] = re.findall(r"log_format beslutskollen '(.*)';", read("nginx.conf"))

    assert not {"$request", "$request_uri", "$args", "$query_string"} & set(re.findall(r"\$\w+", written))
    assert "replace l REDACTED" in read("Caddyfile")


# --- containers ------------------------------------------------------------------------------------------------------


def test_both_replicas_run_without_rights_and_write_only_their_data() -> None:
    for bot in BOTS:
        assert bot["read_only"] is True
        assert bot["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in bot["security_opt"]
        assert "ports" not in bot, "only the proxy is reached from outside"
    [user] = re.findall(r"^USER (\d+):\d+$", read("Containerfile"), re.MULTILINE)
    assert int(user) > 0


def test_everything_that_goes_on_running_is_watched_and_its_logs_are_kept_short() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
        if name not in ("migrate", "bot1", "bot2"):
            assert service["healthcheck"]["test"][0] == "CMD", name
    assert "HEALTHCHECK" in read("Containerfile")
    assert "/healthz" in read("Containerfile")


def test_the_bots_begin_when_the_database_is_migrated() -> None:
    for bot in BOTS:
        assert bot["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert COMPOSE["services"]["migrate"]["command"] == ["migrate"]
    assert COMPOSE["services"]["database"]["network_mode"] == "none"


def test_settings_and_secrets_are_the_bots_own_and_all_there() -> None:
    names = set(BOTS[0]["environment"]) - NOT_OURS
    plain = {name.removesuffix("_FILE") for name in names}
    assert plain <= setting_names()
    files = {value for name, value in BOTS[0]["environment"].items() if name.endswith("_FILE")}
    assert files == {f"/run/secrets/{name}" for name in BOTS[0]["secrets"]}
    assert set(BOTS[0]["secrets"]) <= set(COMPOSE["secrets"])
    used = {volume.partition(":")[0] for one in COMPOSE["services"].values() for volume in one.get("volumes", ())}
    assert {name for name in used if name[0] not in "./"} == set(COMPOSE["volumes"])


def test_every_path_that_is_mounted_built_from_or_copied_is_there() -> None:
    """What is secret is made by the municipality (docs/install.md, step 2) and named there."""
    mounted = [volume for one in COMPOSE["services"].values() for volume in one.get("volumes", ())]
    paths = {volume.partition(":")[0] for volume in mounted if volume.startswith(".")}
    assert paths
    assert [path for path in paths if not (ROOT / "deploy" / path).exists()] == []
    builds = [one["build"] for one in COMPOSE["services"].values() if "build" in one]
    assert builds
    for build in builds:
        context = (ROOT / "deploy" / build["context"]).resolve()
        assert (context / build["dockerfile"]).is_file()
        copied = re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", read("Containerfile"), re.MULTILINE)
        assert copied
        assert [path for line in copied for path in line.split() if not (context / path).exists()] == []
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    files = {Path(secret["file"]) for secret in COMPOSE["secrets"].values()}
    assert [str(path) for path in files if path.name not in page or path.parent.name != "secrets"] == []


def test_a_bot_starts_with_what_it_is_given_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings of compose.yaml, filled in: the database by its socket needs no TLS, and nothing else is missing."""
    secrets = {
        "database_url": "postgresql://beslutskollen:made-up@/beslutskollen?host=/var/run/postgresql",
        "app_password": "made-up",
        "secret_key": "5a" * 32,
        "keys": "k1:" + "QUFB" * 10 + "QUE=",
        "trail_key": "5b" * 32,
    }
    for name, text in secrets.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    for name in [name for name in os.environ if name.startswith(("BK_", "Microsoft"))]:
        monkeypatch.delenv(name)
    for name, value in BOTS[0]["environment"].items():
        filled = value.replace("/run/secrets", str(tmp_path))
        filled = re.sub(r"\$\{\w*:-\}", "", re.sub(r"\$\{\w*:\?.*?\}", "11111111-1111-4111-8111-111111111111", filled))
        if "PUBLIC_URL" in name:
            filled = "https://bot.kommunen.example"
        monkeypatch.setenv(name, filled)

    settings = read_settings()
    settings.check_for_serving()
    assert settings.database == secrets["database_url"]


def test_the_image_holds_what_runs_and_copies_only_what_is_there() -> None:
    text = read("Containerfile")

    assert "requirements-runtime.lock" in text
    assert "--require-hashes" in text
    assert not re.search(r"requirements\.lock|npm|node|--group", re.sub(r"#.*", "", text))
    assert (ROOT / "requirements-runtime.lock").is_file()
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", "var", ".env", "deploy/secrets", "secrets"} <= set(ignored)
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split(), "docs/install.md makes them there"


@pytest.mark.parametrize("grace", [*(bot["stop_grace_period"] for bot in BOTS), "systemd"])
def test_a_stop_waits_for_what_is_under_way(grace: str) -> None:
    [seconds] = (
        re.findall(r"TimeoutStopSec=(\d+)", read("beslutskollen@.service")) if grace == "systemd" else [grace[:-1]]
    )

    assert int(seconds) >= 20 > FINISH_SECONDS


# --- systemd ---------------------------------------------------------------------------------------------------------


class _Unit(configparser.RawConfigParser):
    def optionxform(self, optionstr: str) -> str:
        return optionstr


def test_the_unit_runs_the_installed_program_without_rights() -> None:
    unit = _Unit(strict=False)
    unit.read_string(read("beslutskollen@.service"))
    service = unit["Service"]

    assert service["ExecStart"].endswith("/bin/beslutskollen serve")
    assert service["RestartPreventExitStatus"] == "2"
    assert service["User"] != "root"
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices"):
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"


def test_the_example_of_settings_starts_a_bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("BK_", "Microsoft"))]:
        monkeypatch.delenv(name)
    secrets = {"app_password": "made-up", "secret_key": "5a" * 32, "trail_key": "5b" * 32}
    secrets["keys"] = "k1:" + "QUFB" * 10 + "QUE="
    for name, text in secrets.items():
        (tmp_path / name).write_text(text, encoding="ascii")
    written = read("env.example").replace("/etc/beslutskollen/secrets", str(tmp_path))
    (tmp_path / ".env").write_text(written, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    settings = read_settings()
    settings.check_for_serving()
    assert settings.municipality == "Påhittade kommun"
    names = re.findall(r"^(\w+)=", written, re.MULTILINE)
    assert {name.removesuffix("_FILE") for name in names} <= setting_names()


# --- the pages on how to begin and go on -----------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["install.md", "uppgradera.md"])
def test_a_page_calls_only_what_there_is(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    known = {command.partition(" ")[0] for command, _ in commands(app._parser())} | {"serve"}
    calls = r"(?:/bin/beslutskollen |\$BK |run --rm migrate |exec bot1 beslutskollen )([a-z-]+)\b"
    called = set(re.findall(calls, text))

    assert called - known == set()
    assert {"doctor", "migrate"} <= called
    named = set(re.findall(r"(deploy/[\w@.-]+[\w])", text))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
    settings = {name.removesuffix("_FILE") for name in re.findall(r"\b(?:BK_[A-Z_]+|MicrosoftApp\w+)\b", text)}
    assert settings <= setting_names()


# --- watching --------------------------------------------------------------------------------------------------------


def shell_blocks(page: str) -> list[str]:
    return re.findall(r"```\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)


def test_commands_of_the_install_page_leave_the_folder_and_the_umask_to_those_that_follow(tmp_path: Path) -> None:
    """They are pasted one after the other into one shell; sudo keeps its umask, and the program would be unreadable."""
    blocks = shell_blocks("install.md")
    assert not [block for block in blocks if re.search(r"\b(cd|pushd) ", block)]
    [keys] = [block for block in blocks if "secrets/trail_key" in block and "token_hex" in block]
    words = ["bash", "-ec", f"umask 022\n{keys}\numask; stat -c %a secrets secrets/*"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True, timeout=60)

    assert done.stdout.split() == ["0022", "700", *["600"] * 4]


def test_every_panel_asks_for_a_metric_there_is() -> None:
    families = set(re.findall(r"^# TYPE (\S+)", Metrics().text(None).decode(), re.MULTILINE))
    board = json.loads(read("grafana.json"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"beslutskollen_\w+", target["expr"])
    }

    assert len(asked) > 12
    assert {name for name in asked if name.removesuffix("_bucket") not in families} == set()
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places)
