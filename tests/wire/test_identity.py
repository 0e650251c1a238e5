"""What the bot proves who it is with: a certificate, a federated token or a managed identity beside the secret."""

import re
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from bot.identity import proof_ends, token_of
from bot.metrics import Metrics
from bot.sending import service_token
from bot.sending.proofs import ASSERTION
from bot.sending.service_token import NoServiceToken
from bot.settings import BadSettings, Settings, read_settings
from tests.browser.real_bot import free_ports
from tests.wire.certificates import certificate_pem, pem_of
from tests.wire.door import TENANT
from tests.wire.issuer import APP_ID, Issuer, private_key
from tests.wire.test_commands import PRODUCTION, run

PEM = certificate_pem("bot")
MANAGED = {"MicrosoftAppType": "UserAssignedMSI", "MicrosoftAppPassword": "", "MicrosoftAppTenantId": ""}


class SignIn:
    """A token endpoint that keeps what it is asked."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.queries: list[tuple[dict[str, str], dict[str, str]]] = []
        app = web.Application()
        app.router.add_post("/token", self._post)
        app.router.add_get("/msi", self._get)
        self.server = TestServer(app)

    async def _post(self, request: web.Request) -> web.Response:
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        return web.json_response({"access_token": f"token-{len(self.forms)}", "expires_in": 0})

    async def _get(self, request: web.Request) -> web.Response:
        self.queries.append((dict(request.query), dict(request.headers)))
        ends = int(datetime.now(UTC).timestamp()) + 86400
        return web.json_response({"access_token": "managed", "expires_on": str(ends), "resource": "x"})

    def url(self, path: str) -> str:
        return str(self.server.make_url(path))


@pytest.fixture
async def sign_in(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SignIn]:
    made = SignIn()
    await made.server.start_server()
    monkeypatch.setattr(service_token, "token_endpoint", lambda _tenant="": made.url("/token"))
    monkeypatch.setattr(service_token, "METADATA_SERVICE", made.url("/msi"))
    yield made
    await made.server.close()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give settings as the environment of a production bot would."""

    def read(**changed: str) -> Settings:
        for name, value in (PRODUCTION | {"MicrosoftAppId": APP_ID} | changed).items():
            monkeypatch.setenv(name, value)
        made = read_settings()
        made.check_for_serving()
        return made

    return read


async def test_a_certificate_proves_by_a_statement_that_it_signs(sign_in: SignIn, settings: Any) -> None:
    made = settings(MicrosoftAppPassword="", BK_APP_CERTIFICATE=PEM)
    async with aiohttp.ClientSession() as session:
        token = token_of(made, session)
        assert [await token.get(), await token.get()] == ["token-1", "token-2"]

    first, second = sign_in.forms
    assert "client_secret" not in first
    assert (first["client_assertion_type"], first["client_id"]) == (ASSERTION, APP_ID)
    certificate = x509.load_pem_x509_certificate(PEM.encode())
    key: Any = certificate.public_key()
    claims = [
        jwt.decode(form["client_assertion"], key, ["PS256"], audience=sign_in.url("/token")) for form in (first, second)
    ]
    assert claims[0]["iss"] == claims[0]["sub"] == APP_ID
    assert claims[0]["jti"] != claims[1]["jti"]
    assert 0 < claims[0]["exp"] - claims[0]["nbf"] <= 600
    print_ = urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    assert jwt.get_unverified_header(first["client_assertion"])["x5t#S256"] == print_


@pytest.mark.parametrize("key_first", [False, True])
def test_certificate_and_key_may_stand_in_either_order_and_in_a_file(
    settings: Any, tmp_path: Path, key_first: bool
) -> None:
    begins = PEM.index("-----BEGIN PRIVATE KEY")
    (tmp_path / "bot.pem").write_text(PEM[begins:] + PEM[:begins] if key_first else PEM, encoding="ascii")
    made = settings(MicrosoftAppPassword="", BK_APP_CERTIFICATE_FILE=str(tmp_path / "bot.pem"))

    ends = proof_ends(made)
    assert ends is not None
    assert 88 <= (ends - datetime.now(UTC).date()).days <= 90


async def test_a_federated_token_is_read_anew_each_time(sign_in: SignIn, settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "federated"
    file.write_text("first.made.up\n", encoding="ascii")
    made = settings(MicrosoftAppPassword="", BK_FEDERATED_TOKEN_FILE=str(file))
    async with aiohttp.ClientSession() as session:
        token = token_of(made, session)
        await token.get()
        file.write_text("second.made.up", encoding="ascii")
        await token.get()
        file.unlink()
        with pytest.raises(NoServiceToken, match="FileNotFoundError"):
            await token.get()

    assert [form["client_assertion"] for form in sign_in.forms] == ["first.made.up", "second.made.up"]
    assert {form["client_assertion_type"] for form in sign_in.forms} == {ASSERTION}


@pytest.mark.parametrize("in_app_service", [False, True])
async def test_a_managed_identity_asks_its_machine_and_no_proxy(
    sign_in: SignIn, settings: Any, monkeypatch: pytest.MonkeyPatch, in_app_service: bool
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_ports(1)[0]}")
    monkeypatch.setenv("no_proxy", "")
    own = {"IDENTITY_ENDPOINT": sign_in.url("/msi"), "IDENTITY_HEADER": "made-up"} if in_app_service else {}
    made = settings(**MANAGED, **own)
    async with aiohttp.ClientSession(trust_env=True) as session:
        token = token_of(made, session)
        assert [await token.get(), await token.get()] == ["managed", "managed"]
        assert not token.is_from_stand_in, "the real token would go to whoever is spoken to by plain http"

    [(query, headers)] = sign_in.queries
    assert (query["resource"], query["client_id"]) == ("https://api.botframework.com", APP_ID)
    if in_app_service:
        assert (query["api-version"], headers["X-IDENTITY-HEADER"]) == ("2019-08-01", "made-up")
    else:
        assert (query["api-version"], headers["Metadata"]) == ("2018-02-01", "true")


def of_another_kind() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return PEM[: PEM.index("-----BEGIN PRIVATE")] + pem


def locked() -> str:
    locks = BestAvailableEncryption(b"made-up")
    pem = private_key("bot").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locks).decode()
    return PEM[: PEM.index("-----BEGIN PRIVATE")] + pem


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"BK_APP_CERTIFICATE": PEM}, "BK-430", "MicrosoftAppPassword, BK_APP_CERTIFICATE"),
        ({"BK_FEDERATED_TOKEN_FILE": "x"}, "BK-430", "MicrosoftAppPassword, BK_FEDERATED_TOKEN_FILE"),
        ({"MicrosoftAppPassword": ""}, "BK-313", "MicrosoftAppPassword"),
        ({"MicrosoftAppPassword": "", "BK_APP_CERTIFICATE": "made-up"}, "BK-431", "no certificate"),
        ({"MicrosoftAppPassword": "", "BK_APP_CERTIFICATE": PEM[: PEM.index("-----BEGIN PRIV")]}, "BK-431", "no priv"),
        ({"MicrosoftAppPassword": "", "BK_APP_CERTIFICATE": locked()}, "BK-431", "no private key"),
        ({"MicrosoftAppPassword": "", "BK_APP_CERTIFICATE": of_another_kind()}, "BK-431", "not an RSA key"),
        (
            {
                "MicrosoftAppPassword": "",
                "BK_APP_CERTIFICATE": PEM[: PEM.index("-----BEGIN PRIV")] + pem_of(private_key("other")).decode(),
            },
            "BK-431",
            "not the certificate's",
        ),
        ({"MicrosoftAppPassword": "", "BK_FEDERATED_TOKEN_FILE": "none"}, "BK-432", "BK_FEDERATED_TOKEN_FILE"),
        ({"MicrosoftAppType": "UserAssignedMSI"}, "BK-433", "MicrosoftAppPassword"),
        (MANAGED | {"IDENTITY_HEADER": "made-up"}, "BK-434", "IDENTITY_HEADER is set without IDENTITY_ENDPOINT"),
        ({"BK_SECRET_ENDS": "2027-02-30"}, "BK-344", "BK_SECRET_ENDS"),
    ],
)
def test_what_does_not_prove_anything_does_not_start(
    tmp_path: Path, changed: dict[str, str], code: str, said: str
) -> None:
    done = run(tmp_path, "serve", **PRODUCTION | changed)

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"({code})" in done.stderr
    assert said in done.stderr
    assert "-----" not in done.stderr


def test_ids_are_the_same_in_any_case(settings: Any) -> None:
    made = settings(MicrosoftAppId=f" {APP_ID.upper()}", MicrosoftAppTenantId=TENANT.upper())

    assert (made.app_id, made.app_tenant_id) == (APP_ID, TENANT.lower())


async def test_a_token_for_the_bot_names_it_in_any_case() -> None:
    from bot.door.bearer import BadToken, BearerCheck
    from bot.door.key_ring import KeyRing

    async with Issuer() as issuer, aiohttp.ClientSession() as session:
        app_id = "aaaaaaaa-2222-4222-8222-222222222222"
        check = BearerCheck(KeyRing(session, issuer.metadata_url), app_id=app_id.upper())
        for named in (app_id, app_id.upper()):
            await check.check(f"Bearer {issuer.token(aud=named)}")
        wrong: list[Any] = [[app_id], app_id + "0", "", 7]
        for other in wrong:
            with pytest.raises(BadToken, match="audience"):
                await check.check(f"Bearer {issuer.token(aud=other)}")


def test_metrics_say_when_it_ends(settings: Any) -> None:
    metrics = Metrics()
    metrics.proof_ends(proof_ends(settings(BK_SECRET_ENDS="2027-05-12")))

    shown = re.search(r"^beslutskollen_proof_ends_timestamp_seconds (\S+)$", metrics.text(None).decode(), re.MULTILINE)
    assert shown is not None
    assert datetime.fromtimestamp(float(shown[1]), UTC) == datetime(2027, 5, 12, tzinfo=UTC)
    metrics.proof_ends(None)
    assert "beslutskollen_proof_ends_timestamp_seconds 0.0" in metrics.text(None).decode()


def test_an_empty_day_is_none(settings: Any) -> None:
    assert settings(BK_SECRET_ENDS="").secret_ends is None
    assert settings(BK_SECRET_ENDS="2027-05-12").secret_ends == date(2027, 5, 12)
    with pytest.raises(BadSettings):
        settings(BK_SECRET_ENDS="1809388800")
