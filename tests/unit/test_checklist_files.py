"""The decision basis matches its source, and an invalid checklist file yields every error with its line."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from checklists import loader
from checklists.faults import Code
from checklists.loader import (
    BadFile,
    FactsFile,
    all_checklists,
    all_facts,
    checklist_version,
    newest,
    read_checklist,
    read_data,
)
from checklists.model import Checklist

JN = ("ja", "nej")
NO = frozenset({"nej"})

# id, question, answers, condition, motivates, process step, criticism, is "nej" a gap ("U": only while unmotivated)
DECISION_BASIS = """
child_heard | Har barnet kommit till tals under utredning? | JN | | | utredning | B2 |
child_not_heard_motivated | Om inte, finns en motivering till varför? | JN | child_heard = nej | child_heard | dokumentation | B2 | G
child_informed_report | Har barnet fått information; Orosanmälan | JN | | | utredning | B2 | U
child_informed_investigation | Har barnet fått information; Utredning | JN | | | utredning | B2 | U
child_informed_intervention | Har barnet fått information; Insats | JN+P+E | | | beslut | B2 | U
child_informed_decision | Har barnet fått information; Beslut | JN+P | | | beslut | B2 | U
communication_boxes_filled | Är kommuniceringsrutorna på sista sidan ifyllda? | JN | | | dokumentation | B2 | G
child_not_communicated_motivated | Om inte barnet kommunicerats, finns motivering? | JN | child_communicated = nej | child_communicated | dokumentation | B2 | G
police_report_decided | Har beslut tagits kring polisanmälan? | JN+E | | | beslut | B4 | G
police_report_motivated | Finns motivering till det beslutet? | JN | police_report_decided = ja | police_report_decided | beslut | B4 | G
health_check_done | Om barnet placerats, har hälsoundersökning genomförts? | JN+P | child_placed = ja | | uppfoljning | B1 | G
further_violence_risk_assessed | Har risken för att barnet utsätts för eller bevittnar ytterligare våld bedömts? | JN | violence = ja | | utredning | B3 | G
manager_ready_to_sign | Är underlaget klart att signera? | JN | | | beslut | |
"""  # noqa: E501
ROWS = [[cell.strip() for cell in line.split("|")] for line in DECISION_BASIS.strip().splitlines()]
HELPED = "help: {counts: A, counts_en: A, counts_not: A, counts_not_en: A, example: A, example_en: A"
CODES = {"JN": ("ja", "nej"), "P": ("pagaende",), "E": ("ej_tillampligt",)}

BASIS = checklist_version("decision_basis", 1)


def test_the_decision_basis_asks_exactly_these_questions_in_this_order() -> None:
    assert [(item.id, item.ask) for item in BASIS.items] == [(row[0], row[1]) for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_each_question_of_the_decision_basis_matches_the_source(row: list[str]) -> None:
    item_id, _, answers, condition, motivates, step, criticism, gap = row
    item = BASIS.by_id[item_id]

    assert item.answers == tuple(code for part in answers.split("+") for code in CODES[part])
    about, _, value = condition.partition(" = ")
    if about:
        assert item.when is not None
        assert (item.when.fact or item.when.item, set(item.when.values)) == (about, {value})
        assert (item.when.item is not None) == (about in BASIS.by_id)
    else:
        assert item.when is None
    assert (item.motivates or "") == motivates
    assert item.step == step
    assert list(item.criticism) == criticism.split()
    assert item.gap_on == (NO if gap == "G" else frozenset())
    assert item.gap_on_unmotivated == (NO if gap == "U" else frozenset())


def test_not_applicable_is_only_for_a_case_it_can_be_true_of() -> None:
    conditions = {
        item.id: {choice: (only.fact, set(only.values)) for choice, only in item.only.items()}
        for item in BASIS.items
        if item.only
    }

    assert conditions == {
        "child_informed_intervention": {"ej_tillampligt": ("intervention_decided", {"nej"})},
        "police_report_decided": {"ej_tillampligt": ("violence", {"nej"})},
    }


def test_the_four_information_questions_stand_together_and_are_motivated_in_their_own_row() -> None:
    together = [item for item in BASIS.items if item.group]

    assert [item.label for item in together] == ["Orosanmälan", "Utredning", "Insats", "Beslut"]
    assert {item.group for item in together} == {"information"}
    assert BASIS.group["information"].title == "Har barnet fått information om"
    assert all(item.motivate_on == NO for item in together)


def test_local_additions_are_marked_and_only_the_risk_question_is_on() -> None:
    assert [(item.id, item.enabled) for item in BASIS.items if item.wording == "local"] == [
        ("further_violence_risk_assessed", True),
        ("manager_ready_to_sign", False),
    ]
    assert BASIS.by_id["manager_ready_to_sign"].asked_of == ("unit_manager",)


def test_the_facts_are_asked_in_these_words() -> None:
    assert [(fact.id, fact.per, fact.ask) for fact in all_facts().values()] == [
        ("violence", "case", "Är det ett våldsärende?"),
        ("child_placed", "child", "Är barnet placerat?"),
        ("intervention_decided", "case", "Beslutas om insats?"),
        ("child_communicated", "child", "Har barnet kommunicerats?"),
    ]


def test_the_basis_is_one_per_child_for_worker_and_chef() -> None:
    assert (BASIS.per, set(BASIS.answered_by)) == ("child", {"case_worker", "unit_manager"})


@pytest.mark.parametrize("checklist", all_checklists().values(), ids=lambda c: f"{c.id}.v{c.version}")
def test_every_shipped_list_has_english_and_a_source(checklist: Checklist) -> None:
    assert checklist.source
    assert len({item.ask_en for item in checklist.items}) == len(checklist.items)
    assert all(item.ask_en != item.ask for item in checklist.items)
    assert all(item.label_en for item in checklist.items if item.label)
    assert all(item.hint_en for item in checklist.items if item.hint)


def put_list(folder: Path, name: str, version: int) -> None:
    text = f"{HEAD}items:\n  {ITEM}\n".replace("version: 1", f"version: {version}")
    (folder / name).write_text(text, encoding="utf-8")


def test_the_newest_version_of_a_list_is_found_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in (1, 9, 10):
        put_list(tmp_path, f"intake.v{version}.yaml", version)
    monkeypatch.setattr(loader, "DEFINITIONS", tmp_path)
    monkeypatch.setattr(loader, "all_checklists", all_checklists.__wrapped__)

    assert newest("intake").version == 10
    assert checklist_version("intake", 9).version == 9


def test_a_file_whose_name_does_not_say_what_is_in_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_list(tmp_path, "intake.v2.yaml", 1)
    monkeypatch.setattr(loader, "DEFINITIONS", tmp_path)

    with pytest.raises(BadFile, match=r"intake\.v2\.yaml, line 1: .*; name it intake\.v1\.yaml"):
        all_checklists.__wrapped__()


def test_the_file_of_facts_is_held_to_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "made_up.yaml"
    path.write_text("facts: []\n", encoding="utf-8")
    assert read_data(FactsFile, path).facts == ()
    path.write_text("facts: []\n\nfacts: []\nmore: 1\n", encoding="utf-8")

    with pytest.raises(BadFile) as caught:
        read_data(FactsFile, path)

    assert [(one.code, one.line, one.whose) for one in caught.value.faults] == [
        (Code.KEY_TWICE, 3, "made_up.yaml"),
        (Code.KEY_UNKNOWN, 4, "made_up.yaml"),
    ]


def test_a_list_or_version_that_was_never_shipped_is_an_error() -> None:
    with pytest.raises(KeyError):
        newest("no_such_list")
    with pytest.raises(KeyError):
        checklist_version("decision_basis", 99)


# --- errors ----------------------------------------------------------------------------------------------------------

HEAD = """\
id: intake
version: 1
title: "Påhittad"
title_en: "Made up"
source: "påhittad"
per: case
answered_by: [case_worker]
sections:
  - {id: only_one, title: "Påhittad", title_en: "Made up"}
"""
ITEM = (
    '- {id: first_item, ask: "A?", ask_en: "A?", answers: [ja, nej], section: only_one, step: beslut, wording: local}'
)

# Every line ending in `#! WORDS` has an error whose message contains those words.
ALL_AT_ONCE = """\
id: intake
version: 1
version: 2 #! `version` appears twice
titel: "Påhittad" #! `titel` is not a key that exists here
title: "Påhittad"
title_en: "Made up"
per: case
answered_by: [case_worker, boss] #! `answered_by` must be one of case_worker,
sections:
  - {id: only_one, title: "Påhittad", title_en: "Made up"}
items:
  - id: Not-An-Id #! `id` must be 3 to 60
    ask: "?"
    ask_en: "?"
    answers: [ja, nej]
    section: only_one
    step: beslut
    wording: local
  - id: bad_answer
    ask: "?"
    ask_en: "?"
    answers: [ja, kanske] #! `answers` must be one of ja, nej,
    section: only_one
    step: bakvagen #! `step` must be one of orosanmalan,
    criticism: [B9] #! `criticism` must be one of the codes
    wording: local
  - id: gap_outside #! `gap_on` names delvis, which `answers` does not allow
    ask: "?"
    ask_en: "?"
    answers: [ja, nej]
    gap_on: [delvis]
    section: only_one
    step: beslut
    wording: local
  - id: key_is_missing #! `ask` is missing
    ask_en: "?"
    answers: [ja, nej]
    section: only_one
    step: beslut
    wording: local
  - id: unknown_fact
    ask: "?"
    ask_en: "?"
    answers: [ja, nej]
    when: #! depends on the fact `weather`, which does not exist
      fact: weather
      is: [ja]
    only: {nej: {all: [{fact: climate, is: [ja]}]}} #! depends on the fact `climate`
    section: only_one
    step: beslut
    wording: local
  - id: looks_ahead
    ask: "?"
    ask_en: "?"
    answers: [ja, nej]
    when: {any: [{item: comes_later, is: [ja]}, {fact: violence, is: [ja]}]} #! which does not stand above it
    section: elsewhere #! there is no section `elsewhere`
    step: beslut
    wording: local
  - id: comes_later
    ask: "?"
    ask: "!" #! `ask` appears twice
    ask_en: "?"
    answers: [ja, nej]
    motivates: nothing_here #! neither an item above this one nor a fact
    section: only_one
    step: beslut
    wording: local
  - id: comes_later #! the id `comes_later` appears twice
    ask: "?"
    ask_en: "?"
    answers: [ja, nej]
    when: {fact: violence} #! add `is: [ja]`
    section: only_one
    step: beslut
    wording: !odd local #! the value of `wording` cannot be read
  - id: never_asked
    ask: "?"
    ask_en: "?"
    answers: [ja, nej]
    when: {item: gap_outside, is: [nej, delvis]} #! depends on `gap_outside` being delvis, which `gap_outside` cannot be
    section: only_one
    step: beslut
    wording: local
  - id: in_no_group #! is in a group and has no label
    ask: "?"
    ask_en: "?"
    answers: [ja, nej]
    group: nobody #! there is no group `nobody`
    section: only_one
    step: beslut
    wording: local
  - id: never_answerable #! one must always be allowed
    ask: "?"
    ask_en: "?"
    answers: [ja]
    only: {ja: {fact: violence, is: [ja]}}
    section: only_one
    step: beslut
    wording: local
"""


def refusal(folder: Path, content: str | bytes) -> BadFile:
    path = folder / "made_up.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadFile) as caught:
        read_checklist(path)
    return caught.value


def test_all_errors_in_a_file_are_reported_together_with_line_and_remedy(tmp_path: Path) -> None:
    expected = [
        (number, line.partition("#! ")[2])
        for number, line in enumerate(ALL_AT_ONCE.splitlines(), start=1)
        if "#! " in line
    ]
    expected.append((1, "`source` is missing"))

    told = refusal(tmp_path, ALL_AT_ONCE).faults

    for line, words in expected:
        assert [fault for fault in told if fault.line == line and words in str(fault)], f"line {line}: {words}"
    assert len(told) == len(expected), [str(fault) for fault in told]
    assert all(re.fullmatch(r"made_up\.yaml, line \d+: .*; .* \(BK-2\d\d\)", str(fault)) for fault in told)
    assert [fault.line for fault in told] == sorted(fault.line for fault in told)


def test_a_refusal_names_the_file_the_line_the_fault_and_what_to_do(tmp_path: Path) -> None:
    message = str(refusal(tmp_path, f"{HEAD}items:\n  {ITEM}\nsoruce: x\n"))

    assert message == (
        "made_up.yaml, line 12: `soruce` is not a key that exists here; correct the spelling, or remove the line"
        " (BK-254)"
    )


def test_a_file_without_faults_is_read(tmp_path: Path) -> None:
    path = tmp_path / "made_up.yaml"
    path.write_text(f"{HEAD}items:\n  {ITEM}\n", encoding="utf-8")

    assert [item.id for item in read_checklist(path).items] == ["first_item"]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "the file is empty"),
        (b"# only a comment\n", 1, "the file is empty"),
        ("id: intake\ntitle: Påhittad\n".encode("latin-1"), 2, "not UTF-8"),
        (b"id: intake\n  version: 1\n", 2, "this is not valid YAML"),
        (b"id: intake\ntitle: 'never closed\n", 3, "this is not valid YAML"),
        (b"id: intake\n---\nid: intake\n", 2, "this is not valid YAML"),
        (b"id: in\x00take\n", 1, "this is not valid YAML"),
        (b"id: *nowhere\n", 1, "an alias"),
        (b"- a list\n- not a checklist\n", 1, "the file"),
        (b"just words\n", 1, "the file"),
        (b"items: [1, [2], {when: 3, only: [4]}]\n", 1, "`when`"),
        (b"version: 2026-99-99\n", 1, "the value of `version` cannot be read"),
    ],
)
def test_a_file_that_is_no_checklist_is_rejected_with_an_explanation(
    tmp_path: Path, content: bytes, line: int, words: str
) -> None:
    told = refusal(tmp_path, content).faults

    assert [fault for fault in told if fault.line == line and words in str(fault)], [str(fault) for fault in told]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("answers: [ja, ja]", "the same entry is listed twice under `answers`"),
        ("answers: [ja, nej], motivate_on: [delvis]", "`motivate_on` names delvis"),
        ("answers: [ja, nej], gap_on_unmotivated: [delvis]", "`gap_on_unmotivated` names delvis"),
        ("answers: [ja, nej], only: {delvis: {fact: violence, is: [ja]}}", "`only` names delvis"),
        ("answers: [ja], motivates: violence", "needs both answers, ja and nej"),
        ("answers: [ja, nej], motivates: violence, motivate_on: [nej]", "has no motivation, group or condition"),
        ("answers: [ja, nej], motivates: violence, only: {ja: {fact: violence, is: [ja]}}", "has no motivation"),
        (
            "answers: [ja, nej], when: {fact: violence, any: [{fact: child_placed, is: [ja]}], is: [ja]}",
            "names exactly one of",
        ),
        ("answers: [ja, nej], when: {is: [ja]}", "names exactly one of"),
        ("answers: [ja, nej], when: {fact: violence, is: [delvis]}", "a fact is ja or nej"),
        ("answers: [ja, nej], when: {fact: violence, is: [ja], unless: 1}", "`unless` is not a key"),
        ("answers: []", "`answers` must have at least 1"),
        (f"answers: [ja, nej], hint: {'a' * 301}", "`hint` must have at most 300"),
        ("answers: [ja, nej], when: {item: this_item, is: [ja]}", "does not stand above it"),
        ("answers: [ja, nej], alone: 'A alone?'", "`alone_en` is missing"),
        ("answers: [ja, nej], help: {counts: 'A', cuonts_not: 'B'}", "`cuonts_not` is not a key"),
        (f"answers: [ja, nej], {HELPED}, law: 'A'}}", "`law_en` is missing"),
        (f"answers: [ja, nej], {HELPED}, legal_refs: [{{ref: 'A', checked: 2025-10-01, verified: true}}]}}", "`law"),
        (f"answers: [ja, nej], {HELPED}, law: A, law_en: A, legal_refs: [{{ref: A, verified: true}}]}}", "`checked`"),
    ],
)
def test_an_item_that_contradicts_itself_is_refused(tmp_path: Path, fields: str, words: str) -> None:
    item = f'- {{id: this_item, ask: "A?", ask_en: "A?", {fields}, section: only_one, step: beslut, wording: local}}'
    told = refusal(tmp_path, f"{HEAD}items:\n  {item}\n").faults

    assert {fault.line for fault in told} == {11}, [str(fault) for fault in told]
    assert any(words in str(fault) for fault in told), [str(fault) for fault in told]


BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join(f'*{a}' for _ in range(9))}]\n" for a, b in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("content", "line", "code"),
    [
        (BOMB, 2, "BK-257"),
        ("id: &a [*a]", 1, "BK-257"),
        ("id: x\n" + "[" * 50_000, 2, "BK-251"),
        ("id: " + "[" * 20, 1, "BK-258"),
        ("{a: " * 9_000, 1, "BK-258"),
        ("id: !!python/object/apply:os.system [made-up]", 1, "BK-260"),
        ("id: !!timestamp then", 1, "BK-260"),
        ("id: !!bool then", 1, "BK-260"),
        ("id: !own {a: b}", 1, "BK-260"),
        ("id: 2026-99-99", 1, "BK-260"),
        ("id: " + "9" * 10_000, 1, "BK-260"),
        ("id: x\n" * 20_000, 0, "BK-256"),
        (b"id: x\n\n\ntitle: \xe5terl\xe4mna\n", 4, "BK-250"),
        ("id: x\r\ntitle: a\0b", 2, "BK-251"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_file_that_could_stop_the_reader_is_answered_with_a_line_and_a_remedy(
    tmp_path: Path, content: str | bytes, line: int, code: str
) -> None:
    first = refusal(tmp_path, content).faults[0]

    assert (first.line, first.code) == (line, code)


def test_a_file_that_nobody_reads_is_found_among_the_definitions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "DEFINITIONS", tmp_path)
    for name in ("decision_basis.v2.yaml", "decision_basis.yml", "findings.yaml", "own.yaml", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in loader.overlooked()] == ["decision_basis.yml", "own.yaml"]
