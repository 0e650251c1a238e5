"""What a press or a typed line should do to the model, by the contract.

Each function is told what the person saw when she acted and what holds as her act is committed: an act on something
answered since then changes nothing; anything else is stored as a new revision.
"""

import re
from datetime import datetime

from tests.year import case_acts, chef_acts, clocks, links, settings, units, worker_acts, wrong_number
from tests.year.done import ADMINISTERS, RENUMBERS, Done, snapshot
from tests.year.model import Case, Model


def about(model: Model, done: Done) -> Case | None:
    """Return the case that something is done in; None if there is none, or no longer one."""
    return model.now(done.case) if done.case is not None else model.cases.get(done.ref)


def apply(model: Model, done: Done, unit: str, now: datetime, reads: bool) -> None:
    """Apply what was done to the model. unit: where a new case would belong. reads: she reads the case, as its chef."""
    if done.what == ADMINISTERS:
        if "setting" in done.fields:
            settings.changed(model, done, now)
        else:
            units.administer(model, done, now.date())
        return
    case, done.takes = about(model, done), model.takes
    if case is not None:
        for text in re.findall(r"Påhittad text \d+ om läget", " ".join((done.text, *done.data.values()))):
            model.texts[text] = (case, done.person, now)
    if done.kind == "text" and done.what == "new" and case is None:
        model.cases[done.ref] = Case(done.ref, unit, done.person)
        return
    if case is None:
        return
    if done.what in ("link", "unlink", "link_say"):
        links.linked(model, case, done, now, reads)
    elif done.what in RENUMBERS:
        wrong_number.put_right(model, case, done, now)
    elif done.what == "not_yet":
        on, _ = clocks.asked_on(case, model.rules, model.almanac)
        if on and on <= now.date() and "closed_on" not in case.dates:
            case.not_yet.append((case.dates["decided_on"], now.date()))
    elif done.kind == "text":
        worker_acts.typed(case, done, now, reads)
    elif done.view is not None:
        if done.data.get("co_name") not in (None, *model.register.holders("case_worker", case.unit, now.date())):
            done.data = {name: value for name, value in done.data.items() if name != "co_worker"}  # he has left since
        verb = _VERBS.get(done.what)
        if verb is not None and ("closed_on" not in case.dates or done.what == "reopen"):
            verb(case, done, now, reads)


def _anyway(case: Case, done: Done, now: datetime, reads: bool) -> None:
    if done.seen.get("status") != snapshot(case)["status"] or not case.is_signed:
        return
    case.confirmed.add((done.person, case.signatures))
    meant = done.meant
    if meant is None or meant.what in ("motivate", "in_the_file"):
        return
    if meant.kind == "text":
        worker_acts.typed_choice(case, meant, "", now)
        return
    again = Done(done.name, done.person, done.ref, meant.kind, meant.what, view=meant.view, seen=meant.seen)
    again.title, again.data, again.made_by, again.takes = meant.title, meant.data, meant.made_by, done.takes
    _VERBS[meant.what](case, again, now, reads)


_VERBS = {
    "save_facts": worker_acts.facts,
    "answer": worker_acts.answer,
    "save_group": worker_acts.group,
    "save_form": worker_acts.form,
    "motivate": worker_acts.motivation,
    "in_the_file": worker_acts.motivation,
    "no_motivation": worker_acts.motivation,
    "same_as": worker_acts.same_as,
    "undo": worker_acts.undo_pressed,
    "send": worker_acts.send,
    "drop_list": worker_acts.drop,
    "change_anyway": _anyway,
    "read": chef_acts.read,
    "differences": chef_acts.differences,
    "sign": chef_acts.sign,
    "save_shortfall": chef_acts.shortfall,
    "save_return": chef_acts.give_back,
    "save_details": case_acts.details,
    "save_extension": case_acts.extension,
    "save_closing": case_acts.closing,
    "decided_today": case_acts.decided,
}
CHANGES = frozenset(_VERBS) - {"read", "differences"}
"""The verbs that store something of the case."""
