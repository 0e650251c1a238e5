"""Whose an id and an address are: GUIDs without case, and an address only when the channel's own answer proves it."""

from typing import Any

import pytest

from checklists.identity import address, entra_id, own_addresses

TENANT, HERS = "11111111-1111-4111-8111-11111111abcd", "22222222-2222-4222-8222-22222222abcd"
MEMBER: dict[str, Any] = {
    "id": "29:made-up",
    "aadObjectId": HERS,
    "tenantId": TENANT,
    "userRole": "user",
    "email": "Mira.Kask@Example.Invalid",
}


def test_an_id_is_the_same_in_any_case_and_blank_is_nobody() -> None:
    assert entra_id(f" {HERS.upper()}\n") == HERS
    assert entra_id(" \t") == ""
    assert entra_id("\u212a") == "\u212a", "a Kelvin sign is no k"


def test_an_address_is_kept_in_lower_case() -> None:
    assert address(" Mira@Example.Invalid ") == "mira@example.invalid"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"aadObjectId": HERS.upper(), "tenantId": TENANT.upper()},
        {"objectId": HERS},
        {"aadObjectId": None, "objectId": HERS},
        {"email": None, "userPrincipalName": "mira.kask@example.invalid"},
        {"userPrincipalName": 17},
        {"userPrincipalName": "mira.kås\u212a@example.invalid"},
    ],
)
def test_an_answer_that_names_tenant_person_and_user_proves_the_address(change: dict[str, Any]) -> None:
    assert own_addresses(MEMBER | change, TENANT, HERS) == ("mira.kask@example.invalid",)


@pytest.mark.parametrize(
    "change",
    [
        *({"userRole": role} for role in ("guest", "Guest", "anonymous", "User ", "", None, True)),
        *({"tenantId": tenant} for tenant in (None, "", HERS, TENANT + " x", 1)),
        *({"aadObjectId": person} for person in (None, "", TENANT, 1, [HERS])),
        {"objectId": TENANT},
        {"email": "mira.kask@example.invalid\u00a0"},
        {"email": " mira.kask@example.invalid"},
        {"email": "mira.\u212aask@example.invalid"},
        {"email": "mira.kask"},
        {"email": ["mira.kask@example.invalid"]},
        *(
            {"userPrincipalName": f"mira.kask_example.invalid{external}@other.invalid"}
            for external in ("#EXT#", "#ext#", "%23EXT%23", "%2523ext%2523")
        ),
    ],
)
def test_an_answer_that_leaves_any_of_it_open_proves_nothing(change: dict[str, Any]) -> None:
    assert own_addresses(MEMBER | change, TENANT, HERS) == ()


def test_nobody_has_an_address() -> None:
    assert own_addresses(MEMBER | {"aadObjectId": ""}, TENANT, "") == ()
    assert own_addresses({}, TENANT, HERS) == ()
