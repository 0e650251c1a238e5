"""Identity: Entra ids and e-mail addresses in the form in which they are compared, and whose an address is."""

import re
import string
from collections.abc import Mapping

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PLAIN = re.compile(r"[!-~]+@[!-~]+")
_NEVER = frozenset('<>()[],;:"')
_EXTERNAL = re.compile(r"(#|%(25)*23)ext(#|%(25)*23)", re.IGNORECASE)


def entra_id(written: str) -> str:
    """Return the id of a tenant or a person as it is compared: GUIDs are the same in any case. Empty: nobody's."""
    return written.strip(string.whitespace).translate(_LOWER)


def is_guid(written: str) -> bool:
    """Return whether this is a GUID, as every id is that Entra gives."""
    return _GUID.fullmatch(written.strip(string.whitespace)) is not None


def address(written: str) -> str:
    """Return an e-mail address as the register keeps it."""
    return written.strip().lower()


def is_address(kept: str) -> bool:
    """Return whether an address, as the register keeps it, can ever be proved to be somebody's; see `own_addresses`."""
    return _PLAIN.fullmatch(kept) is not None and kept.count("@") == 1 and not _NEVER.intersection(kept)


def own_addresses(member: Mapping[str, object], tenant: str, object_id: str) -> tuple[str, ...]:
    """Return the addresses that the channel's answer about a member proves to be this person's.

    None at all, unless the answer itself names her tenant, her object id, and her as a user and not a guest. Nor is an
    address hers if it is not plain ASCII: two letters that look alike would make her somebody else.
    """
    if not _names(object_id, [member[name] for name in ("aadObjectId", "objectId") if member.get(name) is not None]):
        return ()
    if not _names(tenant, [member.get("tenantId")]) or member.get("userRole") != "user":
        return ()
    found = [given for name in ("email", "userPrincipalName") if isinstance(given := member.get(name), str)]
    if any(map(_EXTERNAL.search, found)):
        return ()
    return tuple(address(given) for given in found if _PLAIN.fullmatch(given))


def _names(wanted: str, given: list[object]) -> bool:
    """Return whether anything is given, and all of it is the wanted id."""
    same = entra_id(wanted)
    return bool(same and given) and all(isinstance(one, str) and entra_id(one) == same for one in given)
