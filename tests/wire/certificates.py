"""Certificates for tests: a made-up root, and what it issues to localhost."""

import datetime as dt
import ipaddress
import ssl
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.wire.issuer import private_key


def pem_of(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def certificate(subject: str, key: rsa.RSAPrivateKey, *, days: int = 90, host: str = "localhost") -> x509.Certificate:
    """Return a certificate issued by the made-up root, or the root itself. host: the names it is for, by comma."""
    now = dt.datetime.now(dt.UTC)
    is_root = subject == "root"
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name("root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=100))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(private_key("root").public_key()), critical=False
        )
    )
    if is_root:
        builder = builder.add_extension(
            x509.KeyUsage(False, False, False, False, False, True, True, False, False), critical=True
        )
    else:
        names: list[x509.GeneralName] = [x509.DNSName(name) for name in host.split(",")]
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(private_key("root"), hashes.SHA256())


@cache
def root_pem() -> bytes:
    return certificate("root", private_key("root"), days=3650).public_bytes(Encoding.PEM)


def certificate_pem(subject: str, *, days: int = 90) -> str:
    """Return a certificate and its key, as `BK_APP_CERTIFICATE` takes them."""
    key = private_key(subject)
    return (certificate(subject, key, days=days).public_bytes(Encoding.PEM) + pem_of(key)).decode()


def server_context(folder: Path, *, days: int = 90, host: str = "localhost") -> ssl.SSLContext:
    """Return what a server needs to be localhost."""
    key = private_key("server")
    file = folder / f"server-{host}-{days}.pem"
    file.write_bytes(certificate("server", key, days=days, host=host).public_bytes(Encoding.PEM) + pem_of(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{common} (påhittad)")])
