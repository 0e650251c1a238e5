"""One thing in several wordings: the concepts, and what is wrong with a file of them."""

from pathlib import Path

import pytest

from checklists.concepts import Concept, all_concepts, faults_of, read_concepts, same_as
from checklists.loader import BadFile, newest
from checklists.model import Checklist, ListId

LISTS: tuple[ListId, ...] = (
    "decision_basis",
    "peer_review_bou",
    "rvt_case_round",
    "rvt_self_check",
    "sample_audit",
    "intake",
)
NEWEST: dict[str, Checklist] = {list_id: newest(list_id) for list_id in LISTS}


def concept(*questions: str, name: str = "made_up") -> Concept:
    return Concept(id=name, title="Påhittat", title_en="Made up", questions=questions)


def test_every_question_of_a_concept_is_in_the_newest_version_of_its_list() -> None:
    assert not list(faults_of(all_concepts(), NEWEST))
    assert {question.split("/")[0] for one in all_concepts() for question in one.questions} == set(LISTS)


def test_that_the_child_was_heard_is_one_concept_for_worker_peer_and_auditor() -> None:
    asked = same_as("sample_audit", "child_heard")

    assert asked == same_as("decision_basis", "child_heard") == same_as(*asked[1].split("/"))
    assert len(asked) == 3
    assert same_as("peer_review_bou", "best_interests_in_analysis") == same_as(
        "intake", "child_best_interests_documented"
    )
    assert same_as("intake", "violence_suspected") == ()


@pytest.mark.parametrize(
    ("concepts", "code"),
    [
        ((concept("intake/violence_suspected", "intake/no_such"),), "BK-288"),
        (
            (
                concept("intake/violence_suspected", "sample_audit/child_heard"),
                concept("intake/violence_suspected", "sample_audit/running_journal_kept", name="other"),
            ),
            "BK-289",
        ),
        ((concept("intake/a_b", "x/y"), concept("x/z", "x/w")), "BK-280"),
    ],
)
def test_what_is_wrong_with_concepts_is_told(concepts: tuple[Concept, ...], code: str) -> None:
    assert code in " ".join(str(one) for one in faults_of(concepts, NEWEST))


def test_a_concept_of_one_question_is_none(tmp_path: Path) -> None:
    path = tmp_path / "concepts.yaml"
    path.write_text('concepts: [{id: one, title: "a", title_en: "a", questions: [intake/x]}]', encoding="utf-8")

    with pytest.raises(BadFile):
        read_concepts(path)
