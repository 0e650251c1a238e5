"""The stock form, without what its adapter creates for each turn: two msrest clients, and a connection."""

import json
from typing import Any
from urllib.parse import quote

from aiohttp import ClientSession
from botbuilder.core import TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity, ResourceResponse

from bench.peers.bots.stock import NO_APP_ID, serve


class Kept:
    """A connector factory that keeps the clients another factory has made, by service URL and audience."""

    def __init__(self, made_by: Any, clients: dict[tuple[str, str], Any]) -> None:
        self._made_by, self._clients = made_by, clients

    async def create(self, service_url: str, audience: str = "") -> Any:
        """Return the kept client of a service, or make it."""
        if (service_url, audience) not in self._clients:
            self._clients[service_url, audience] = await self._made_by.create(service_url, audience)
        return self._clients[service_url, audience]


class Authentication(ConfigurationBotFrameworkAuthentication):
    """The SDK's authentication, with clients that are kept between turns."""

    def __init__(self) -> None:
        super().__init__(NO_APP_ID)
        self._clients: dict[tuple[str, str], Any] = {}
        self._tokens: Any = None

    async def authenticate_request(self, activity: Activity, auth_header: str) -> Any:
        """Check a request as the SDK does; its replies go through the kept clients."""
        found = await super().authenticate_request(activity, auth_header)
        found.connector_factory = Kept(found.connector_factory, self._clients)
        return found

    async def create_user_token_client(self, claims_identity: Any) -> Any:
        """Return the client that a bot without sign-in never uses."""
        if self._tokens is None:
            self._tokens = await super().create_user_token_client(claims_identity)
        return self._tokens


class Adapter(CloudAdapter):
    """An adapter that posts all its replies through one HTTP session."""

    _session: ClientSession | None = None

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Post replies one after another."""
        if self._session is None:
            self._session = ClientSession(headers={"Content-Type": "application/json"})
        sent = []
        for activity in activities:
            chat, to = quote(activity.conversation.id, safe=""), quote(activity.reply_to_id, safe="")
            address = f"{activity.service_url.rstrip('/')}/v3/conversations/{chat}/activities/{to}"
            async with self._session.post(address, data=json.dumps(activity.serialize())) as answer:
                answer.raise_for_status()
                sent.append(ResourceResponse(id=(await answer.json())["id"]))
        return sent


if __name__ == "__main__":
    serve(Adapter(Authentication()))
