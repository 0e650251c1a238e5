"""How the bot proves who it is when it requests a token from Entra ID: a secret, a certificate or a federated token.

Source: Microsoft's "Microsoft identity platform and the OAuth 2.0 client credentials flow" and, for the certificate,
"Microsoft identity platform application authentication certificate credentials".
"""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from checklists.faults import Code, Refusal, fault

Proof = Callable[[], Mapping[str, str]]
"""Returns the fields of the token request that prove who asks. Raises: OSError, ValueError: it cannot be made now."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NO_CERTIFICATE = "there is no certificate in it"
NO_KEY = "there is no private key in it that can be read"
NOT_RSA = "its key is not an RSA key"
NOT_ITS_KEY = "the key is not the certificate's"
_LIVES_SECONDS = 300
_LONGEST = 64 * 1024


def by_secret(secret: str) -> Proof:
    """Prove by a client secret."""
    return lambda: {"client_secret": secret}


def by_certificate(pem: str, app_id: str, endpoint: str) -> Proof:
    """Prove by a statement signed with a certificate's key. Raises: Refusal: the certificate cannot be used."""
    certificate, key = read_certificate(pem)
    thumbprint = urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()

    def proof() -> Mapping[str, str]:
        now = int(time.time())
        claims = {"aud": endpoint, "iss": app_id, "sub": app_id, "jti": str(uuid4()), "iat": now, "nbf": now}
        claims["exp"] = now + _LIVES_SECONDS
        signed = jwt.encode(claims, key, algorithm="PS256", headers={"x5t#S256": thumbprint})
        return _stated(signed)

    return proof


def by_federation(file: Path) -> Proof:
    """Prove by a token that the platform keeps renewing in a file, which is therefore read each time."""
    return lambda: _stated(_token_in(file))


def read_certificate(pem: str) -> tuple[x509.Certificate, RSAPrivateKey]:
    """Return the certificate in a PEM text and its private key. Raises: Refusal: it cannot be used."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise _unusable(NO_CERTIFICATE) from None
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):  # a TypeError: it is locked with a password
        raise _unusable(NO_KEY) from None
    if not isinstance(key, RSAPrivateKey):
        raise _unusable(NOT_RSA)
    if key.public_key() != certificate.public_key():
        raise _unusable(NOT_ITS_KEY)
    return certificate, key


def certificate_ends(pem: str) -> datetime:
    """Return when a certificate ends. Raises: Refusal: it cannot be used."""
    return read_certificate(pem)[0].not_valid_after_utc


def check_token_file(file: Path) -> None:
    """Check that there is a federated token. Raises: Refusal."""
    try:
        _token_in(file)
    except (OSError, ValueError):
        raise Refusal(fault(Code.PROOF_FILE_UNREADABLE)) from None


def _token_in(file: Path) -> str:
    with file.open("rb") as opened:
        token = opened.read(_LONGEST).decode("ascii").strip()
    if not token:
        raise ValueError(file)
    return token


def _stated(assertion: str) -> Mapping[str, str]:
    return {"client_assertion_type": ASSERTION, "client_assertion": assertion}


def _unusable(why: str) -> Refusal:
    return Refusal(fault(Code.CERTIFICATE_UNREADABLE, why=why))
