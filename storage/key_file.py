"""The key file: all case keys, stored apart from the backups they decrypt, and rewritten at every backup.

The texts in a backup cannot be read without it. The key of a case disposed of is not in the next key file, so from then
on no backup, however old, reveals a text of that case.
"""

import contextlib
import json
import os
from base64 import b64decode, b64encode
from pathlib import Path

from sqlmodel import Session, func, select

from checklists.faults import Code, fault
from storage.backup import CannotBackUp
from storage.cases import CaseRow
from storage.sealing import SealingKeyRow


def write(session: Session, path: Path) -> int:
    """Write every wrapped key, replacing the file atomically; return how many. Raises: CannotBackUp."""
    rows = session.exec(select(SealingKeyRow)).all()
    part = Path(f"{path}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with part.open("w", encoding="ascii") as file:
            for row in rows:
                line = [row.tenant_id, row.case_id, row.master_id, b64encode(row.wrapped).decode()]
                file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise CannotBackUp(fault(Code.CANNOT_WRITE, file=path, why=error.strerror)) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return len(rows)


def read(session: Session, path: Path | None) -> int:
    """Insert the keys that a restored database lacks; return how many.

    path: None if no key file was given.

    Raises: CannotBackUp: the file cannot be read, or none is given and the backup was taken without its keys.
    """
    there = {(row.tenant_id, row.case_id) for row in session.exec(select(SealingKeyRow))}
    if path is None:
        if not there and session.exec(select(func.count()).select_from(CaseRow)).one():
            raise CannotBackUp(fault(Code.KEY_FILE_NEEDED))
        return 0
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]
        rows = [
            SealingKeyRow(tenant_id=tenant, case_id=case, master_id=master, wrapped=b64decode(wrapped, validate=True))
            for tenant, case, master, wrapped in lines
        ]
    except (OSError, ValueError, TypeError):
        raise CannotBackUp(fault(Code.NO_KEY_FILE, file=path)) from None
    case_ids = set(session.exec(select(CaseRow.id)))
    missing = [r for r in rows if (r.tenant_id, r.case_id) not in there and (r.case_id in case_ids or not r.case_id)]
    session.add_all(missing)
    session.flush()
    return len(missing)
