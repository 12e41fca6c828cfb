"""Every paper of the catalogue, filled with invented values: the same words in both forms, whatever a name holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import cycle
from types import UnionType
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from test_documents import HOSTILE, block_words, docx_words, pdf_words, words

from dropctl.documents.catalogue import PAPERS, Paper
from dropctl.documents.render import render
from dropctl.resources import template_text

DAY = date(2025, 9, 12)
# Their figures have to add up, so that nothing can be invented for them: tests of their own.
COUNTED = {"term-report", "monthly-report", "zero-report"}
INVENTED = [paper for paper in PAPERS if paper.name not in COUNTED]


def invented(kind: Any, names: Iterator[str]) -> Any:
    """Return a value of an annotation: every text is the next of `names`."""
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) in (tuple, list):
        return [invented(get_args(kind)[0], names) for _ in range(2)]
    if isinstance(kind, UnionType):
        return invented(next(one for one in get_args(kind) if one is not type(None)), names)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: invented(field.annotation, names) for name, field in kind.model_fields.items()}
    return {str: lambda: next(names), int: lambda: 3, bool: lambda: True, date: lambda: DAY}[kind]()


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 4))
@pytest.mark.parametrize("paper", INVENTED, ids=lambda paper: paper.name)
def test_both_forms_say_the_same_whatever_a_name_holds(paper: Paper, first: int) -> None:
    used: list[str] = []

    def names() -> Iterator[str]:
        for name in cycle(HOSTILE[first:] + HOSTILE[:first]):
            used.append(name)
            yield name

    context = paper.context.model_validate(invented(paper.context, names()))
    made = render(paper, context, day=DAY)
    expected = block_words(template_text(paper.name), context)
    assert docx_words(made.docx) == expected
    assert made.pdf is not None
    printed, planned = Counter(pdf_words(made.pdf)), Counter(expected)
    # A table that goes over the page repeats its headings; nothing may be missing.
    assert not planned - printed
    if paper.name != "school-plan":
        assert printed == planned
    shown = [name for name in dict.fromkeys(used) if words(name) in expected]
    assert shown, "no name stands on the paper"
    for name in shown:
        assert words(name) in docx_words(made.docx)


def test_the_papers_left_out_have_tests_of_their_own() -> None:
    assert {paper.name for paper in PAPERS} >= COUNTED
