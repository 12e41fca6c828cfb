"""台账: who stands in which list, what an empty list says, what is shown of numbers, what is left to people."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from builders import id_number
from ledger_school import CLOSING, DAY, OPENING, reconcile, return_list, workbook
from test_child_facts import HEADINGS, SIX, pupil

from dropctl import cli
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.procedures import cases
from dropctl.procedures.attendance import scan_attendance
from dropctl.procedures.outreach import ContactMade, log_contact
from dropctl.procedures.registers import make_registers, record_showing, write_registers
from dropctl.workspace import Workspace, create_workspace

NAMES = ("甲小一", "乙小二", "{{7*7}}", "丁小四")
END = SIX[-1]


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    """A school of four: one missing since the opening, one absent for six school days, one unregistered."""
    made = create_workspace(
        tmp_path / "w", role="school", name="某校", code="3499000001", opening=OPENING, closing=CLOSING
    )
    left = ("双亲留守儿童", "", "非留守儿童", "")
    rows = [pupil(name, 2 * n + 1, left_behind=left[n]) for n, name in enumerate(NAMES)]
    workbook(made.inbox / "学籍名册.xlsx", [["某校学生花名册"], HEADINGS, *rows])
    return_list(made, NAMES[:1], names=(*NAMES, "外来生"))
    disabled = ("姓名", "残疾人证号", "残疾类别", "残疾等级")
    certificate = id_number(sequence=3) + "44"
    workbook(made.inbox / "残疾人.xlsx", [["残疾人名单"], disabled, [NAMES[1], certificate, "肢体残疾", "四级"]])
    reconcile(made)
    log_contact(made, DAY, "C-2025-001", ContactMade("phone", DAY, "王老师", "refused", note="家长说的话"))
    log = [[day, "七年级1班", NAMES[3], "否", ""] for day in SIX]
    path = workbook(made.root / "缺勤.xlsx", [["缺勤登记"], ["日期", "班级", "姓名", "是否请假", "原因"], *log])
    scan_attendance([path], as_of=END, workspace=made)
    return made


Sheets = dict[str, list[dict[str, Any]]]


def read(path: Path) -> Sheets:
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        top = next(index for index, row in enumerate(rows) if "姓名" in row or row[0] in ("序号", "台账"))
        found[sheet.title] = [dict(zip(rows[top], row, strict=True)) for row in rows[top + 1 :]]
    return found


@pytest.fixture
def sheets(home: Workspace, tmp_path: Path) -> Callable[..., Sheets]:
    def made(day: date = END, **options: Any) -> Sheets:
        (path,) = write_registers(make_registers(home, day, **options), tmp_path / "out")
        return read(path)

    return made


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["姓名"] for row in rows]


def test_each_child_stands_in_the_lists_it_belongs_to(sheets: Callable[..., Sheets]) -> None:
    found = sheets()
    assert names(found["个案总台账"]) == [NAMES[0], NAMES[3]]
    assert names(found["疑似辍学学生台账"]) == [NAMES[3]]
    assert names(found["有籍不在校台账"]) == [NAMES[0], NAMES[3]]
    assert names(found["无学籍在校生台账"]) == ["外来生"]
    assert names(found["留守儿童台账"]) == [NAMES[0]]
    assert names(found["残疾儿童少年台账"]) == [NAMES[1]]
    assert sorted(names(found["适龄儿童少年台账"])) == sorted((*NAMES, "外来生"))


def test_the_suspected_list_counts_school_days_and_says_what_is_forecast(sheets: Callable[..., Sheets]) -> None:
    (row,) = sheets()["疑似辍学学生台账"]
    assert (row["连续缺课上课日"], row["未到校起始日"].date(), row["应标记日（推算）"].date()) == (6, SIX[0], END)
    assert row["系统标记日"] is None, "nobody has seen the registry's own mark"
    assert row["预计转辍学日"].date() == date(2025, 11, 10)
    assert row["现状态"] == "办理中，疑似辍学（推算）"


def test_a_child_who_came_back_stays_in_the_list_with_its_return(
    home: Workspace, sheets: Callable[..., Sheets]
) -> None:
    back = date(2025, 10, 10)
    cases.report_return(home, back, "C-2025-002", on=back, by="王老师", note=None)
    (row,) = sheets(back)["疑似辍学学生台账"]
    assert row["复学日期"].date() == back
    assert sheets(END)["疑似辍学学生台账"][0]["复学日期"] is None, "as it was known on the day before"


def test_a_list_without_rows_says_whether_there_are_none_or_nothing_was_read(sheets: Callable[..., Sheets]) -> None:
    found = sheets()
    assert found["随迁子女台账"][0]["序号"] == "本期无"
    assert found["脱贫户监测户学生台账"][0]["序号"] == "没有读到脱贫监测名单，本表没有来源，不等于没有这样的孩子"
    assert all(row["本期情况"] or row["条数"] for row in found["目录"])


def test_no_number_is_shown_unless_a_reason_is_recorded(home: Workspace, tmp_path: Path) -> None:
    hidden = make_registers(home, END)
    (path,) = write_registers(hidden, tmp_path / "a")
    text = json.dumps(read(path), ensure_ascii=False, default=str)
    assert not re.search(r"\d{12,}", text)
    assert "P-0001" in text
    shown = make_registers(home, END, reveal=True)
    with pytest.raises(Refused, match="没有写明原因"):
        record_showing(home, END, shown, " ")
    record_showing(home, END, shown, "县教育局书面要求")
    (event,) = [event for event in Ledger(home.state).events() if event.kind == "revealed"]
    assert (event.said("reason"), event.facts["whole_numbers"]) == ("县教育局书面要求", True)
    (path,) = write_registers(shown, tmp_path / "b")
    found = read(path)
    assert found["留守儿童台账"][0]["身份证号"] == id_number(sequence=1)
    assert found["残疾儿童少年台账"][0]["残疾人证号"] == id_number(sequence=3) + "44"


def test_the_restricted_list_is_made_only_when_it_is_asked_for_and_recorded(
    home: Workspace, sheets: Callable[..., Sheets]
) -> None:
    assert "服刑人员未成年子女台账" not in sheets()
    made = make_registers(home, END, restricted=True)
    assert made.books[-1].key == "of_prisoners"
    with pytest.raises(Refused):
        record_showing(home, END, made, "")


def test_what_goes_to_the_office_above_holds_no_remarks_of_the_school(sheets: Callable[..., Sheets]) -> None:
    assert any(row["备注"] for row in sheets()["个案总台账"])
    above = sheets(audience="superior")
    assert not any(row.get("备注") for rows in above.values() for row in rows)


def test_every_column_left_to_a_person_is_named_with_its_reason(home: Workspace, sheets: Callable[..., Sheets]) -> None:
    told = {(row["台账"], row["栏目"]) for row in sheets()["说明"] if row["由谁填"] == "学校填写"}
    for book in make_registers(home, END).books:
        for column in book.unfilled:
            assert column.unfilled
            assert (book.title, column.heading) in told or ("各台账", column.heading) in told
        for column in book.columns:
            assert column.unfilled or len(column.values) == book.count


def test_names_stay_text_and_the_same_day_gives_the_same_bytes(home: Workspace, tmp_path: Path) -> None:
    (one,) = write_registers(make_registers(home, END), tmp_path / "a")
    (two,) = write_registers(make_registers(home, END), tmp_path / "b")
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600
    book = openpyxl.load_workbook(one)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert not any(sheet._hyperlinks for sheet in book)


def test_the_command_says_how_many_and_refuses_before_writing(
    home: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["-w", str(home.root), "--as-of", END.isoformat()]
    assert cli.run(["registers", *where, "--reveal"]) == 3
    assert not (home.out / f"台账-{END}").exists()
    capsys.readouterr()
    assert cli.run(["registers", *where, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    rows = {line["register"]: line["rows"] for line in document["registers"]}
    assert (rows["cases"], rows["suspected"], rows["migrant"]) == (2, 1, 0)
    assert cli.run(["registers", *where, "--audience", "everybody"]) == 2


def test_without_any_reconciliation_there_is_nothing_to_list(tmp_path: Path) -> None:
    made = create_workspace(
        tmp_path / "w", role="school", name="某校", code="3499000001", opening=OPENING, closing=CLOSING
    )
    with pytest.raises(Refused, match="还没有核对过"):
        make_registers(made, DAY)


def test_no_word_of_a_person_becomes_a_formula_or_a_link(home: Workspace, tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://x")'
    log_contact(home, END, "C-2025-001", ContactMade("visit", END, "=1+1", "refused", note=hostile))
    cases.assign(home, END, "C-2025-001", name=hostile, duty=None)
    (path,) = write_registers(make_registers(home, END), tmp_path / "out")
    with zipfile.ZipFile(path) as parts:
        text = {name: parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels"))}
    assert any("HYPERLINK" in part for part in text.values())
    assert not [name for name, part in text.items() if name.startswith("xl/worksheets/") and "<f>" in part]
    assert not [name for name, part in text.items() if 'TargetMode="External"' in part]
