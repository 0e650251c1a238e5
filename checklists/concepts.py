"""Concepts: one thing that several lists ask in wordings of their own, so that the answers can be laid side by side."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field

from checklists.faults import Code, Fault, fault, word
from checklists.loader import DEFINITIONS, read_data
from checklists.model import Checklist, Id, Text

FILE = DEFINITIONS / "concepts.yaml"


class Concept(BaseModel, frozen=True, extra="forbid"):
    """One concept. questions: those that ask about it, each as list/item."""

    id: Id
    title: Text
    title_en: Text
    questions: tuple[Annotated[str, Field(max_length=130)], ...] = Field(min_length=2)


class ConceptsFile(BaseModel, extra="forbid"):
    """The shape of `concepts.yaml`."""

    concepts: tuple[Concept, ...]


@cache
def all_concepts() -> tuple[Concept, ...]:
    """Return every concept, in file order. Raises: BadFile: the file is invalid."""
    return read_concepts(FILE)


def read_concepts(path: Path) -> tuple[Concept, ...]:
    """Read a file of concepts. Raises: BadFile: with every fault in it. OSError."""
    return read_data(ConceptsFile, path).concepts


def same_as(checklist_id: str, item_id: str) -> tuple[str, ...]:
    """Return the questions that ask the same, this one included, each as list/item; () if no other list asks it."""
    own = f"{checklist_id}/{item_id}"
    return next((one.questions for one in all_concepts() if own in one.questions), ())


def faults_of(concepts: tuple[Concept, ...], checklists: dict[str, Checklist]) -> Iterator[Fault]:
    """Yield what is wrong with concepts: a question that its list lacks or that has two concepts, or an id used twice.

    checklists: by id, the versions to check against; questions of other lists are not checked.
    """
    ids, questions = Counter(one.id for one in concepts), Counter(q for one in concepts for q in one.questions)
    yield from (fault(Code.ID_TWICE, id=word(one)) for one, count in ids.items() if count > 1)
    yield from (fault(Code.CONCEPT_OF_SEVERAL, question=word(one)) for one, count in questions.items() if count > 1)
    for concept in concepts:
        for question in concept.questions:
            list_id, _, item_id = question.partition("/")
            checklist = checklists.get(list_id)
            if checklist is not None and item_id not in checklist.by_id:
                yield fault(Code.CONCEPT_LACKS, concept=word(concept.id), question=word(question))
