"""A bot with its tab, a sign-in that is the test's own, and people at the tab: they see pages and send forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import aiohttp

from bot.tab import entra
from bot.tab.sessions import COOKIE
from tests.wire.door import TENANT
from tests.wire.in_process_bot import InProcessBot
from tests.wire.issuer import APP_ID, Issuer, good_claims, signed

RESOURCE = f"api://bot.example.invalid/botid-{APP_ID}"
TEAMS_STUB = """window.microsoftTeams = {
  app: {
    initialize: async () => {},
    getContext: async () => ({ app: { theme: window.name || "default" }, user: { id: window.account } }),
    registerOnThemeChangeHandler: (show) => { window.changeTheme = show; },
  },
  authentication: { getAuthToken: async () => (await fetch("/made-up-token")).text() },
};
"""
"""What the pages call of TeamsJS. The theme is the frame's name; token and account come from the test."""


def tab_settings(folder: Path, issuer: Issuer, **more: object) -> dict[str, Any]:
    """Return the settings with which a bot has its tab."""
    stub = folder / "teams.js"
    stub.write_text(TEAMS_STUB, encoding="utf-8")
    return {
        "MicrosoftAppId": APP_ID,
        "tab_resource": RESOURCE,
        "tab_metadata_url": issuer.metadata_url,
        "teams_js": str(stub),
        **more,
    }


def person_claims(object_id: str, *, tenant: str = TENANT, version: int = 2, **changed: Any) -> dict[str, Any]:
    """Return the claims of a token that Entra issues for a person who has the tab open; None removes one."""
    issuers = {1: f"https://sts.windows.net/{tenant}/", 2: f"https://login.microsoftonline.com/{tenant}/v2.0"}
    claims = {
        "iss": issuers[version],
        "aud": {1: RESOURCE, 2: APP_ID}[version],
        "tid": tenant,
        "oid": object_id,
        "scp": entra.SCOPE,
        "serviceurl": None,
    }
    return good_claims(**{**claims, **changed})


def token(issuer: Issuer, object_id: str, kid: str = "one", **changed: Any) -> str:
    """Return a signed token of a person."""
    return signed({"alg": "RS256", "typ": "JWT", "kid": kid}, person_claims(object_id, **changed), issuer.keys[kid])


class _Reader(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.words: list[str] = []
        self._button: PageButton | None = None
        self._area = self._select = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(PageForm(of.get("action", ""), of.get("method", "get")))
        elif tag in ("script", "style"):
            self._silent += 1
        elif tag == "button" and self.forms and "disabled" not in of:
            self._button = PageButton(of.get("name", ""), of.get("value", ""))
            self.forms[-1].buttons.append(self._button)
        elif tag == "textarea":
            self._area = of["name"]
            self.forms[-1].put(self._area, "")
            self.forms[-1].named.add(self._area)
        elif tag == "select":
            self._select = of["name"]
            self.forms[-1].put(self._select, "")
            self.forms[-1].named.add(self._select)
        elif tag == "option" and "selected" in of:
            self.forms[-1].put(self._select, of["value"])
        elif tag == "input" and self.forms:
            form, kind = self.forms[-1], of.get("type", "text")
            form.named.add(of["name"])
            if kind in ("radio", "checkbox"):
                form.choices.add(of["name"])
                if "checked" in of:
                    form.fields.append((of["name"], of["value"]))
            else:
                form.put(of["name"], of.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._button = None
        elif tag == "textarea":
            self._area = ""
        elif tag in ("script", "style"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button.title += data
        if self._area:
            before = dict(self.forms[-1].fields)[self._area]
            self.forms[-1].put(self._area, before + (data.removeprefix("\n") if not before else data))
        if not self._silent:
            self.words.append(data)


@dataclass
class PageButton:
    """A button of a form."""

    name: str
    value: str
    title: str = ""


@dataclass
class PageForm:
    """A form as the page has it. named: of its fields; choices: of those that are radio buttons or check boxes."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[PageButton] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    choices: set[str] = field(default_factory=set)

    def put(self, name: str, *values: str) -> None:
        """Give a field its value, in place of the one it has."""
        self.fields = [pair for pair in self.fields if pair[0] != name] + [(name, value) for value in values]


@dataclass
class SeenPage:
    """A page. words: what can be read."""

    status: int
    html: str
    headers: Mapping[str, str]
    forms: list[PageForm]
    words: str

    @property
    def asks_to_sign_in(self) -> bool:
        """Whether it is the page that signs her in."""
        return 'id="signing-in"' in self.html

    @property
    def titles(self) -> list[str]:
        """The titles of all buttons."""
        return [button.title for form in self.forms for button in form.buttons]


def read_page(status: int, html: str, headers: Mapping[str, str]) -> SeenPage:
    """Return what a browser makes of a page."""
    reader = _Reader()
    reader.feed(html)
    return SeenPage(status, html, headers, reader.forms, re.sub(r"\s+", " ", " ".join(reader.words)))


class Visitor:
    """A person with the tab open, without scripts: she signs in, reads and sends forms."""

    def __init__(self, bot: InProcessBot, issuer: Issuer, object_id: str, tenant: str = TENANT) -> None:
        self.bot = bot
        self.issuer = issuer
        self.object_id = object_id
        self.tenant = tenant
        self.cookie = ""
        self.page = SeenPage(0, "", {}, [], "")
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    async def __aenter__(self) -> "Visitor":
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._session.close()

    @property
    def base(self) -> str:
        """The address of the bot."""
        return f"http://127.0.0.1:{self.bot.port}"

    async def signs_in(self, **claims: Any) -> int:
        """Do what the script does with the token of Teams; return the status."""
        given = token(self.issuer, self.object_id, **{"tenant": self.tenant, **claims})
        return await self.signs_in_with(f"Bearer {given}")

    async def signs_in_with(self, authorization: str) -> int:
        """Sign in with any header."""
        headers = {"Authorization": authorization}
        async with self._session.post(f"{self.base}/flik-in", headers=headers) as answer:
            said = answer.headers.get("Set-Cookie", "")
            if said.startswith(COOKIE + "="):
                self.cookie = said.partition(";")[0]
            return answer.status

    async def opens(self, path: str = "flik", **query: str) -> SeenPage:
        """Open a page by its address."""
        async with self._session.get(f"{self.base}/{path}", params=query, headers={"Cookie": self.cookie}) as answer:
            return await self._saw(answer)

    async def sends(self, form: PageForm, button: PageButton | None = None, **headers: str) -> SeenPage:
        """Send a form as it is filled in."""
        fields = [*form.fields, *([(button.name, button.value)] if button and button.name else [])]
        data = aiohttp.FormData(fields)
        sent = {"Cookie": self.cookie, "Origin": self.base, **headers}
        async with self._session.post(f"{self.base}/{form.action}", data=data, headers=sent) as answer:
            return await self._saw(answer)

    async def presses(self, title: str, **fields: str) -> SeenPage:
        """Press the first button of the page with this title, with fields filled in by id."""
        found = [(form, one) for form in self.page.forms for one in form.buttons if one.title == title]
        assert found, f"no button {title!r}, only {self.page.titles}: {self.page.words[:600]}"
        form, button = found[0]
        for name, value in fields.items():
            key = "f." + name
            assert key in form.named, f"no field {name!r}, only {form.named}"
            form.put(key, value)
        return await self.sends(form, button)

    async def types(self, line: str) -> SeenPage:
        """Write a line and send it."""
        [form] = [one for one in self.page.forms if "line" in one.named]
        form.put("line", line)
        return await self.sends(form)

    async def _saw(self, answer: aiohttp.ClientResponse) -> SeenPage:
        self.page = read_page(answer.status, await answer.text(errors="replace"), answer.headers)
        return self.page
