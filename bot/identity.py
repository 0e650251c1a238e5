"""The bot's identity in Entra ID, from the settings: where it gets its token, and how it proves who it is."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import aiohttp

from bot.sending import service_token
from bot.sending.proofs import Proof, by_certificate, by_federation, by_secret, certificate_ends
from bot.sending.service_token import ManagedToken, ServiceToken
from bot.settings import MANAGED, Settings


def token_of(
    settings: Settings, session: aiohttp.ClientSession, told: Callable[[bool], None] = lambda _went_well: None
) -> ServiceToken:
    """Return the token that the bot sends with. told: called with whether one could be fetched."""
    if settings.app_type == MANAGED:
        endpoint, header = settings.identity_endpoint, settings.identity_header.get_secret_value()
        return ManagedToken(session, app_id=settings.app_id, endpoint=endpoint, header=header, told=told)
    endpoint = endpoint_of(settings)
    proof = _proof(settings, endpoint)
    return ServiceToken(session, app_id=settings.app_id, endpoint=endpoint, proof=proof, told=told)


def endpoint_of(settings: Settings) -> str:
    """Return the URL that the token is requested from."""
    if settings.app_type == MANAGED:
        return settings.identity_endpoint or service_token.METADATA_SERVICE
    return service_token.token_endpoint(settings.app_tenant_id if settings.app_type == "SingleTenant" else "")


def proof_ends(settings: Settings) -> date | None:
    """Return the last day of the certificate, or of the secret as BK_SECRET_ENDS has it; None if it is not known."""
    certificate = settings.app_certificate.get_secret_value()
    return certificate_ends(certificate).date() if certificate else settings.secret_ends


def _proof(settings: Settings, endpoint: str) -> Proof:
    if certificate := settings.app_certificate.get_secret_value():
        return by_certificate(certificate, settings.app_id, endpoint)
    if settings.federated_token_file:
        return by_federation(Path(settings.federated_token_file))
    return by_secret(settings.app_password.get_secret_value())
