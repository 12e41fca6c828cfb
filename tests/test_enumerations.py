"""Codes, names and `1-走读` of the national system give the name; what is on no list is kept and said."""

from __future__ import annotations

import pytest

from dropctl.registers import BY_KIND
from dropctl.registers import enumerations as lists
from dropctl.tables.raw import Cell, CellError
from dropctl.tables.spec import Step

NAMES = [
    (lists.ID_TYPE, lists.ID_TYPES),
    (lists.REGISTRATION_KIND, lists.REGISTRATION_KINDS),
    (lists.BOARDING_MODE, lists.BOARDING),
    (lists.LEFT_BEHIND_KIND, lists.LEFT_BEHIND),
    (lists.HEALTH_STATE, lists.HEALTH),
    (lists.DISABILITY_TYPE, lists.DISABILITY_TYPES),
    (lists.DISABILITY_GRADE, lists.DISABILITY_GRADES),
    (lists.INCLUSIVE_PLACEMENT, lists.INCLUSIVE),
    (lists.ETHNIC_GROUP, lists.ETHNIC_GROUPS),
]


@pytest.mark.parametrize(("step", "names"), NAMES, ids=lambda value: getattr(value, "name", ""))
def test_every_form_gives_the_name(step: Step, names: dict[str, tuple[str, ...]]) -> None:
    for name, forms in names.items():
        assert step.apply(name) == (name, None)
        for form in forms:
            assert step.apply(form) == (name, None), form
            assert step.apply(f" {form} ") == (name, None), form
            if form.isdigit():
                for together in (f"{form}-{name}", f"{form}－{name}", f"{form}:{name}", f"{form} {name}"):
                    assert step.apply(together) == (name, None), together


@pytest.mark.parametrize(("step", "names"), NAMES, ids=lambda value: getattr(value, "name", ""))
def test_no_form_stands_under_two_names(step: Step, names: dict[str, tuple[str, ...]]) -> None:
    forms = [form.lower() for name, more in names.items() for form in dict.fromkeys((name, *more))]
    assert len(forms) == len(set(forms)), step.name


@pytest.mark.parametrize(
    ("step", "cell", "value"),
    [
        (lists.BOARDING_MODE, 1.0, "走读"),
        (lists.BOARDING_MODE, "2-住校", "住校"),
        (lists.LEFT_BEHIND_KIND, 0.0, "非留守儿童"),
        (lists.LEFT_BEHIND_KIND, "1-单亲留守儿童", "单亲留守儿童"),
        (lists.LEFT_BEHIND_KIND, "2", "双亲留守儿童"),
        (lists.LEFT_BEHIND_KIND, "是", "留守儿童"),
        (lists.LEFT_BEHIND_KIND, "无", "非留守儿童"),
        (lists.HEALTH_STATE, 10.0, "健康或良好"),
        (lists.HEALTH_STATE, "30-有慢性病", "有慢性病"),
        (lists.ETHNIC_GROUP, "01", "汉族"),
        (lists.ETHNIC_GROUP, 1.0, "汉族"),
        (lists.ETHNIC_GROUP, "汉", "汉族"),
        (lists.ETHNIC_GROUP, "22", "畲族"),
        (lists.ETHNIC_GROUP, "56-基诺族", "基诺族"),
        (lists.DISABILITY_TYPE, "智力", "智力残疾"),
        (lists.DISABILITY_GRADE, "Ⅱ级", "二级"),
        (lists.DISABILITY_GRADE, 3.0, "三级"),
        (lists.ID_TYPE, "a", "护照"),
    ],
)
def test_cells_as_they_come(step: Step, cell: Cell, value: str) -> None:
    assert step.apply(cell) == (value, None)


@pytest.mark.parametrize(("step", "names"), NAMES, ids=lambda value: getattr(value, "name", ""))
def test_an_unknown_code_is_kept_as_written_and_said(step: Step, names: dict[str, tuple[str, ...]]) -> None:
    for cell, kept in (("77", "77"), (77.0, "77"), ("没见过的", "没见过的")):
        value, problem = step.apply(cell)
        assert value == kept
        assert problem is not None
        assert problem.code == f"{step.name}_unlisted"
        assert "请" in problem.message


@pytest.mark.parametrize(("step", "names"), NAMES, ids=lambda value: getattr(value, "name", ""))
def test_blank_is_no_answer_and_an_error_value_is_an_issue(step: Step, names: dict[str, tuple[str, ...]]) -> None:
    assert step.apply(None) == (None, None)
    assert step.apply("　") == (None, None)
    assert step.apply("/") == (None, None)
    value, problem = step.apply(CellError("#REF!"))
    assert value is None
    assert problem is not None
    assert problem.severity == "error"


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("办理中", "办理中"), ("待核办", "办理中"), ("已办结", "已办结"), ("完成", "已办结"), ("已撤回", "已撤回"),
        ("撤销", "已撤回"), ("是", "已办结"), ("否", "办理中"), ("2-已办结", "已办结"), (None, None),
    ],
)  # fmt: skip
def test_how_far_a_transfer_has_got(cell: Cell, state: str | None) -> None:
    assert lists.TRANSFER_STATE.apply(cell) == (state, None)


def test_words_that_rules_rest_on_are_never_guessed() -> None:
    for step, cell in ((lists.TRANSFER_STATE, "退回"), (lists.TRANSFER_DIRECTION, "借读"), (lists.STAGE, "高中")):
        value, problem = step.apply(cell)
        assert value is None
        assert problem is not None
        assert problem.severity == "warning"
    assert lists.TRANSFER_DIRECTION.apply("转学(转出)") == ("转出", None)
    assert lists.STAGE.apply("初级中学") == ("初中", None)


def test_a_column_that_asks_whether_a_child_boards_does_not_read_one_as_day_pupil() -> None:
    columns = {column.key: column for column in BY_KIND["enrollment"].columns}
    assert columns["boarding"].step.apply("1") == ("走读", None)
    assert columns["boards"].step.apply("1") == ("是", None)
    assert "是否住校" in columns["boards"].headings
    assert "是否住校" not in columns["boarding"].headings
