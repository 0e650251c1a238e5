"""The five lists besides the decision basis match their sources; errors in the newer keys are reported."""

from pathlib import Path

import pytest

from checklists.loader import BadFile, checklist_version, newest, read_checklist
from checklists.model import Answer, Checklist, Gap
from tests.asked import applies, gaps, state
from tests.unit.test_checklist_files import HEAD, ITEM

CODES = {"JND": ("ja", "nej", "delvis"), "JN": ("ja", "nej"), "JNE": ("ja", "nej", "ej_tillampligt")}
SCALE = ("ja", "nej", "delvis", "pagaende", "ej_tillampligt")

# id | question | type | applies when | process step | criticism | marks: s source wording, l local, - switched off
PEER_REVIEW = """
decision_motivation_clear | Framgår av dokumentation tydlig motivering till beslut? | JN | | beslut | B1 | s
child_heard_in_prelim | Kom barnet till tals i förhandsbedömningen? | JNE | | forhandsbedomning | B2 | l
prelim_child_not_heard_motivated | Om barnet inte kommit till tals i förhandsbedömningen, har det motiverats? | JNE | | forhandsbedomning | B2 | s
child_heard_in_investigation | Har barn och ungdomar fått komma till tals under utredningen? | JN | | utredning | B2 | s
child_not_heard_in_investigation_motivated | Om inte, har det motiverats? | JN | child_heard_in_investigation=nej | utredning | B2 | s
best_interests_in_analysis | Framgår barnets bästa i analysen? | JND | | utredning | B1 N5 | s
child_view_on_intervention | Finns barnets inställning till eventuell insats dokumenterad? | JNE | | beslut | B2 | s
violence_police_report_made | Vid våldsärende, har polisanmälan upprättats? | JNE | violence=ja | beslut | B4 | s
no_police_report_decision | Finns beslut om att inte polisanmäla? | JN | violence=ja violence_police_report_made=nej | beslut | B4 | s
further_violence_risk_assessed | Har risken för att barnet utsätts för eller bevittnar ytterligare våld bedömts? | JN | violence=ja | utredning | B3 | l
report_documented | Finns anmälan dokumenterad med datum för när den kom in? | JN | | orosanmalan | | l-
decision_basis_complete | Är beslutsunderlaget fullständigt och daterat? | JN | | dokumentation | | l-
physical_file_ordered | Är den fysiska akten komplett och i ordning? | JN | | egenkontroll | | l-
digital_file_ordered | Är den digitala akten komplett och i ordning? | JN | | egenkontroll | | l-
"""  # noqa: E501
ROUND = """
rvt_decision_motivated | Framkommer motivering till beslut i utredningen? | JN | | beslut | R4 | l
rvt_assessed_with_child_unit | Framkommer bedömning i samråd med BoU? | JNE | | utredning | R1 | l
rvt_child_impact_analysis | Finns barnkonsekvensanalys? | JNE | | utredning | R4 R1 | l
"""
SELF_CHECK = f"""
physical_file_reviewed | Har den fysiska akten granskats? | JN | | egenkontroll | N8 | l
digital_file_reviewed | Har den digitala akten granskats? | JN | | egenkontroll | N8 | l
rvt_investigation_present | Finns utredning? | JN | | utredning | R4 | l
{ROUND.strip()}
rvt_further_violence_risk | Har risken för ytterligare våld bedömts? | JN | | utredning | R4 | l
rvt_structured_method | Har strukturerad bedömningsmetod använts? | JN | | utredning | R3 | l
rvt_honour_violence_risk | Har risken för hedersrelaterat våld bedömts? | JN | | utredning | R4 | l-
"""
AUDIT = """
investigation_opened_without_delay | Har utredning inletts utan dröjsmål? | ALL | | utredning | N3 | s
standardised_method_used | Framgår huruvida nämnden använt standardiserade bedömningsmetoder som en del i utredningen? Vilka? | ALL | | utredning | R2 R3 | s
risk_protection_assessment_documented | Finns en dokumenterad risk- och skyddsbedömning gällande individen? | ALL | | skyddsbedomning | R4 | s
running_journal_kept | Finns löpande journalföring och där det tydligt framgår vem som har upprättat den, varifrån uppgifterna kommer samt när det gjordes? | ALL | | dokumentation | | s
care_and_implementation_plan | Vid beslutade insatser upprättas vårdplan/ uppdrag och genomförandeplan och vid samverkan med andra aktörer upprättas en samordnad individuell plan? | ALL | intervention_decided=ja | beslut | | s
intervention_followup_documented | Dokumenteras uppföljning av beslutade insatser? | ALL | intervention_decided=ja | uppfoljning | | s
reason_for_ending_intervention_documented | Dokumenteras skäl vid avslutandet av insats? | ALL | intervention_decided=ja | uppfoljning | | s
child_investigation_opened_within_14_days | Vid barnutredningar, har beslut om att inleda utredning fattats inom fjorton dagar? | ALL | case_type=barn | forhandsbedomning | N4 | s
child_investigation_done_within_4_months | Vid barnutredningar, slutförs utredningen senast inom fyra månader? | ALL | case_type=barn | utredning | | s
child_heard | Vid barnutredningar, har barnet fått komma till tals? | ALL | case_type=barn | utredning | B2 | s
"""  # noqa: E501
INTAKE = """
protection_assessment_made | Har en omedelbar skyddsbedömning gjorts? | JN | case_type=barn | skyddsbedomning | N2 | l
protection_assessment_before_prelim | Gjordes skyddsbedömningen innan förhandsbedömningen startade? | JN | protection_assessment_made=ja | skyddsbedomning | N2 | l
protection_assessment_date_shown | Framgår när skyddsbedömningen gjordes? | JN | protection_assessment_made=ja | dokumentation | N6 | l
protection_assessment_signed | Är skyddsbedömningen signerad, med befattning och datum? | JN | protection_assessment_made=ja | dokumentation | N7 | l
violence_suspected | Finns misstanke om att barnet utsatts för eller bevittnat våld eller övergrepp av närstående? | JN | | orosanmalan | N3 | l
investigation_opened_at_once | Har utredning inletts direkt? | JN | violence_suspected=ja | utredning | N3 | l
witnessing_documented | Är det dokumenterat om barnet kan ha bevittnat våldet? | JN | violence_suspected=ja | dokumentation | N3 | l
report_meeting_offered | Har anmälningsmöte erbjudits? | JNE | | forhandsbedomning | N1 | l
decision_within_14_days | Har beslut om att inleda eller inte inleda utredning fattats inom 14 dagar? | JNE | | forhandsbedomning | N4 | l
delay_reason_documented | Är skälet till att tiden överskridits dokumenterat? | JN | decision_within_14_days=nej | forhandsbedomning | N4 | l
child_best_interests_documented | Framgår det att barnets bästa särskilt har beaktats? | JN | | dokumentation | N5 | l
"""  # noqa: E501
LISTS = {
    "peer_review_bou": (PEER_REVIEW, ("peer_reviewer",), 2),
    "rvt_case_round": (ROUND, ("unit_manager",), 2),
    "rvt_self_check": (SELF_CHECK, ("peer_reviewer", "unit_manager"), 2),
    "sample_audit": (AUDIT, ("auditor",), 1),
    "intake": (INTAKE, ("case_worker", "unit_manager"), 1),
}


def when(checklist: Checklist, item_id: str) -> str:
    condition = checklist.by_id[item_id].when
    leaves = list(condition.leaves()) if condition else []
    return " ".join(
        f"case_type={leaf.case_type}" if leaf.case_type else f"{leaf.fact or leaf.item}={','.join(leaf.values)}"
        for leaf in leaves
    )


@pytest.mark.parametrize("list_id", LISTS)
def test_a_list_asks_what_its_source_says(list_id: str) -> None:
    checklist, (rows, roles, version) = newest(list_id), LISTS[list_id]
    shown = [
        (
            item.id,
            item.ask,
            item.answers,
            when(checklist, item.id),
            item.step,
            " ".join(item.criticism),
            item.wording[0] + ("" if item.enabled else "-"),
        )
        for item in checklist.items
    ]

    wanted = [[cell.strip() for cell in line.split("|")] for line in rows.strip().splitlines()]
    assert shown == [(row[0], row[1], CODES.get(row[2], SCALE), *row[3:]) for row in wanted]
    assert (checklist.version, checklist.per, checklist.answered_by) == (version, "case", roles)


def test_what_the_unlisted_questions_are_is_left_to_the_unit() -> None:
    asked = newest("peer_review_bou").asked["peer_reviewer"]

    assert len(asked) == 10
    assert not [item.id for item in asked if item.section == "own_questions"]


REPORT, DECISION = "violence_police_report_made", "no_police_report_decision"


@pytest.mark.parametrize(
    ("violence", "report", "expected"),
    [
        ("ja", "nej", ("nej", "obesvarad")),
        ("ja", "ja", ("ja", "ej_tillampligt")),
        ("ja", None, ("obesvarad", "ej_tillampligt")),
        ("nej", "nej", ("ej_tillampligt", "ej_tillampligt")),
        (None, "nej", ("nej", "obesvarad")),
    ],
)
def test_a_police_report_and_a_decision_not_to_make_one_are_alternatives(
    violence: str | None, report: str | None, expected: tuple[str, str]
) -> None:
    review = newest("peer_review_bou")
    facts = {"violence": violence} if violence else {}
    answers = {REPORT: Answer(report)} if report else {}

    got = tuple(state(review, review.by_id[item_id], facts, answers) for item_id in (REPORT, DECISION))

    assert got == expected


def test_questions_about_investigations_of_children_do_not_apply_to_an_adult_case() -> None:
    audit = newest("sample_audit")
    child_questions = [item for item in audit.items if item.section == "child_cases"]

    assert len(child_questions) == 3
    for item in child_questions:
        states = [state(audit, item, {"case_type": kind}, {item.id: Answer("ja")}) for kind in ("barn", "vuxen")]
        assert states == ["ja", "ej_tillampligt"]
        assert applies(audit, item, {}, {}) == "waits"


def test_a_standardised_method_is_named_when_the_answer_is_yes() -> None:
    audit, item_id = newest("sample_audit"), "standardised_method_used"
    how = audit.by_id[item_id].how
    assert how is not None
    assert [option.title for option in how.options] == ["FREDA", "BBIC", "ASI", "annan"]
    assert (how.several, how.other) == (True, "another")

    def told(answer: Answer) -> bool:
        return Gap("item", item_id, "no_method") in gaps(audit, "auditor", {}, {item_id: answer}, ())

    assert told(Answer("ja"))
    assert not told(Answer("ja", has_method=True))
    assert not told(Answer("nej"))


def test_what_the_source_asks_for_beside_an_answer_has_its_place() -> None:
    intake, check = newest("intake"), newest("rvt_self_check")
    signed, delay = intake.by_id["protection_assessment_signed"].how, intake.by_id["delay_reason_documented"].how
    assert signed is not None
    assert delay is not None

    assert [option.title for option in signed.options] == ["Signatur", "Befattning", "Datum"]
    assert signed.several
    assert [option.title for option in delay.options] == ["Synnerliga skäl", "Inte synnerliga skäl"]
    assert delay.required
    assert not delay.several
    assert {item.id for item in intake.items if item.day} == {
        "protection_assessment_date_shown",
        "investigation_opened_at_once",
    }
    assert check.file_parts == ("fysisk", "digital")
    assert [item.label for item in check.items[:6]] == [
        "Fysisk akt",
        "Digital akt",
        "Utredning",
        "Motivering till beslut",
        "Bedömning i samråd med BoU",
        "Barnkonsekvensanalys",
    ]


def test_version_2_of_the_basis_asks_the_same_questions_and_offers_two_things_beside_ja() -> None:
    first, second = (checklist_version("decision_basis", version) for version in (1, 2))
    offered = {
        "communication_boxes_filled": ["Senaste versionen", "En tidigare version"],
        "police_report_decided": ["Anmäls", "Anmäls inte"],
    }
    for item in second.items:
        was = first.by_id[item.id]
        if item.id in offered:
            assert item.how is not None
            assert [option.title for option in item.how.options] == offered[item.id]
            assert item.day is not None
            assert not item.detailed, "neither costs a press of its own"
            assert (was.how, was.day) == (None, None)
            was = was.model_copy(update={"how": item.how, "day": item.day})
        assert item == was
    assert newest("decision_basis") is second


# --- the newer keys --------------------------------------------------------------------------------------------------

OPTIONS = 'options: [{id: one, title: "A", title_en: "A"}, {id: two, title: "B", title_en: "B"}]'
HOW = f'how: {{ask: "A?", ask_en: "A?", on: [ja], {OPTIONS}'
LONG = ", ".join(f'{{id: {letter * 12}, title: "A", title_en: "A"}}' for letter in "abcde")


@pytest.mark.parametrize(
    ("fields", "words", "remedy"),
    [
        (HOW + ", other: three}", "`other` must be one of one, two", "correct it"),
        (HOW + ", severl: true}", "`severl` is not a key", "correct the spelling"),
        (HOW.replace("id: two", "id: one") + "}", "listed twice under `options`", "remove one of them"),
        (HOW.replace("on: [ja]", "on: [delvis]") + "}", "`how` names delvis", "correct one of them"),
        (
            f'how: {{ask: "A?", ask_en: "A?", on: [ja], several: true, options: [{LONG}]}}',
            "longer than 60 characters together",
            "shorten them",
        ),
        ('day: {ask: "A?", ask_en: "A?", on: [delvis]}', "`day` names delvis", "correct one of them"),
        ('day: {ask: "A?", on: [ja]}', "`ask_en` is missing", "add it"),
        (
            HOW + '}, day: {ask: "A?", ask_en: "A?", on: [ja], after: [three]}',
            "`after` must be one of one, two",
            "correct it",
        ),
        ('day: {ask: "A?", ask_en: "A?", on: [ja], after: [one]}', "`after` must be one of", "correct it"),
        ("when: {case_type: hund}", "`case_type` must be one of barn, vuxen", "correct it"),
        ("when: {case_type: barn, is: [ja]}", "has no `is`", "write `case_type: barn` or `children: some` alone"),
        ("when: {case_type: barn, fact: violence, is: [ja]}", "names exactly one of", "split it up"),
    ],
)
def test_a_fault_in_a_new_key_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, fields: str, words: str, remedy: str
) -> None:
    item = f'- {{id: item, ask: "A?", ask_en: "A?", answers: [ja, nej], section: only_one, step: beslut, wording: local, {fields}}}'  # noqa: E501
    (tmp_path / "made_up.yaml").write_text(f"{HEAD}items:\n  {item}\n", encoding="utf-8")

    with pytest.raises(BadFile) as caught:
        read_checklist(tmp_path / "made_up.yaml")

    assert [(fault.line, words in str(fault), remedy in str(fault)) for fault in caught.value.faults] == [
        (11, True, True)
    ], str(caught.value)


@pytest.mark.parametrize("parts", ["[fysisk, molnet]", "fysisk"])
def test_file_parts_are_the_two_that_exist(tmp_path: Path, parts: str) -> None:
    (tmp_path / "made_up.yaml").write_text(f"{HEAD}file_parts: {parts}\nitems:\n  {ITEM}\n", encoding="utf-8")

    with pytest.raises(BadFile, match=r"line 10: "):
        read_checklist(tmp_path / "made_up.yaml")
