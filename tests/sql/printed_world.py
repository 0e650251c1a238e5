"""A made-up case with everything a printed page can contain."""

import json
from datetime import date
from typing import Any

from checklists.lifecycle import State
from checklists.model import Written
from storage import answers, cases, extensions, filled, returns, signatures, trail
from storage.cases import FactRow
from storage.desk import Session
from storage.extensions import ExtensionRow
from storage.filled import FilledRow
from storage.people import PersonRow
from storage.returns import ReturnRow
from storage.signatures import SignatureRow
from tests.sql.conftest import NOW, World, the_case, the_list

NASTY = "<script>alert('x')</script> & \"åäö\""
REASON = "Barnet är två år och har hörts genom förskolan."


def fill_everything(session: Session, world: World) -> int:
    """Fill in, change, return, extend and sign; return the row id of the chef's own list."""
    case, row = the_case(session, world), the_list(session, world)
    case.children, case.protected_identity = 2, True
    case.received_on, case.opened_on, case.closed_on = date(2020, 9, 1), date(2020, 9, 10), date(2021, 1, 31)
    for name, child, value in (("violence", 0, "ja"), ("child_placed", 1, "nej")):
        fact = FactRow(
            tenant_id=world.tenant, case_id=world.case, child=child, name=name, revision=1, value=value, at=NOW
        )
        cases.set_fact(session, case, fact)
    given = (
        ("child_heard", Written("ja")),
        ("child_heard", Written("nej")),
        ("child_not_heard_motivated", Written("ja", "text", motivation=REASON)),
        ("child_informed_report", Written("nej", "reference", place="Journal den 12 maj", note=NASTY)),
        ("police_report_decided", Written("fritext", raw="Ja, delvis")),
        ("health_check_done", Written("ja")),
    )
    revisions: dict[str, int] = {}
    for item, written in given:
        revisions[item] = revisions.get(item, 0) + 1
        answers.add(session, row, item, revisions[item], written, author=world.person, at=NOW, act=f"a-{item}")
    row.status, row.sent_at = State.SIGNED, NOW
    trail.record(session, world.tenant, NOW, "worker", "sent", case_id=world.case, filled_id=world.filled)

    chef = PersonRow(tenant_id=world.tenant, object_id="chef", name="Christina Påhitt")
    session.add(chef)
    session.flush()
    mine = filled.add(
        session,
        FilledRow(
            tenant_id=world.tenant,
            case_id=world.case,
            unit_id=world.unit,
            checklist="decision_basis",
            version=1,
            child=1,
            role="unit_manager",
            person_id=chef.id,
            status=State.SIGNED,
            begun_at=NOW,
        ),
    )
    answers.add(session, mine, "child_heard", 1, Written("ja"), author=chef.id, at=NOW, act="chef")
    about: dict[str, Any] = {"tenant_id": world.tenant, "case_id": world.case}
    longer = ExtensionRow(
        **about,
        limit="4m",
        reason_class="grounds",
        until=date(2021, 3, 1),
        nonce="e",
        reason=b"",
        author_id=world.person,
        at=NOW,
    )
    extensions.add(session, longer, "Polisens förhör måste hållas först.")
    back = ReturnRow(
        **about,
        checklist="decision_basis",
        occasion=1,
        person_id=chef.id,
        role="unit_manager",
        at=NOW,
        nonce="r",
        comment=b"",
    )
    returns.add(session, back, "Se över motiveringen.", [(world.filled, "child_heard", 1)])
    seen = {
        "kind": "summary",
        "sheets": [
            {
                "head": {"case_ref": case.ref, "child": 1},
                "filled": world.filled,
                "rows": [
                    {"item": "child_heard", "state": "nej", "motivation": "", "text": "", "place": "", "note": ""},
                    {"item": "child_not_heard_motivated", "state": "ja", "motivation": "text", "text": REASON},
                ],
            }
        ],
    }
    signature = SignatureRow(
        **about,
        checklist="decision_basis",
        version=1,
        occasion=1,
        signer_id=chef.id,
        role="unit_manager",
        at=NOW,
        shortfall=True,
        nonce="s",
        view=b"",
        view_hash="",
        bound="",
    )
    signatures.add(
        session,
        signature,
        json.dumps(seen, ensure_ascii=False),
        "Hälsokontrollen är begärd.",
        {str(world.filled): revisions, str(mine.id): {"child_heard": 1}},
    )
    return mine.id
