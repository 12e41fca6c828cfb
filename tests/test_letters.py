"""Papers between offices as they are made: who may, what stands on them, numbers that agree, nothing twice."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import docx
import pypdf
import pytest
from builders import id_number
from ledger_school import CLOSING, DAY, NAMES, OPENING, reconcile, reconciled_school, return_list, workbook
from test_child_facts import HEADINGS, pupil

from dropctl import cli
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.policy.case_state import Case
from dropctl.procedures import case_plans, cases
from dropctl.procedures.issuing import Reveal
from dropctl.procedures.letters import Letters, report_arrived
from dropctl.procedures.letters_away import drafts, reply_to, to_city
from dropctl.procedures.letters_between import to_bureau, to_township_and_government
from dropctl.procedures.outreach import ContactMade, log_contact
from dropctl.resources import templates_folder
from dropctl.workspace import Workspace, create_workspace

MONDAY = date(2025, 9, 8)
LATER = date(2025, 9, 12)
HOSTILE = "{{7*7}}"


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    """A school with three cases: one nobody could reach, one in danger, one just opened."""
    made = reconciled_school(tmp_path / "w", NAMES[:3])
    for day in (MONDAY, date(2025, 9, 9), date(2025, 9, 10)):
        log_contact(made, LATER, "C-2025-001", ContactMade("phone", day, "王老师", "not_reached", note="无人接听"))
    cases.name_causes(made, LATER, "C-2025-002", ["danger"])
    return made


@pytest.fixture
def county(tmp_path: Path) -> Workspace:
    """A bureau that knows three children of two townships from a school's lists, each with a case."""
    made = create_workspace(
        tmp_path / "c", role="county", name="某县教育局", code="3499000000", opening=OPENING, closing=CLOSING
    )
    names = ("甲小一", HOSTILE, "丙小三")
    rows = [[*pupil(name, 2 * n + 1), "某校"] for n, name in enumerate(names)]
    workbook(made.inbox / "学籍名册.xlsx", [["某校学生花名册"], (*HEADINGS, "学校名称"), *rows])
    return_list(made, (), names=names)
    poor = ("户编号", "姓名", "证件号码", "与户主关系", "户主姓名", "户类型", "乡镇", "行政村")
    told = [
        [f"H{n}", name, id_number(sequence=2 * n + 1), "之子", "户主", "脱贫户", town, "枫林村"]
        for n, (name, town) in enumerate(zip(names, ("石桥镇", "石桥镇", "河口街道"), strict=True))
    ]
    workbook(made.inbox / "脱贫户.xlsx", [["脱贫户家庭成员"], poor, *told])
    reconcile(made)
    for name in names:
        cases.open_by_hand(made, DAY, cases.ByHand("学校报告未到校", OPENING, name=name))
    return made


def words(path: Path) -> str:
    pages = pypdf.PdfReader(path).pages
    text = "".join(re.sub(r"—\s*\d+\s*—\s*$", "", page.extract_text()) for page in pages)
    return re.sub(r"\s+", "", text)


def case_of(home: Workspace, number: str) -> Case:
    return fold_cases(Ledger(home.state).events(kinds=CASE_KINDS))[number]


def pdfs(found: Letters) -> list[Path]:
    return [path for files in found.written.files.values() for path in files if path.suffix == ".pdf"]


def test_due_cases_are_reported_each_on_its_own_paper_and_the_others_say_why_not(home: Workspace) -> None:
    found = to_bureau(home, LATER, (), home.out)
    assert [made.number for made in found.done.made] == ["某校报〔2025〕1号", "某校报〔2025〕2号"]
    assert [case for case, _ in found.not_due] == ["C-2025-003"]
    assert case_of(home, "C-2025-001").rung == "reported"
    assert "先向公安机关强制报告" in found.notes[0]
    one, two = map(words, pdfs(found))
    assert "均未能联系上学生和监护人" in one
    assert "强制报告" not in one
    assert two.index("须先依法强制报告") < two.index("劝返情况报告如下")
    assert "〔待填：向公安机关报告的日期和受理单位〕" in two


def test_the_same_command_again_gives_the_same_numbers_and_bytes(home: Workspace) -> None:
    first = {path.name: path.read_bytes() for path in pdfs(to_bureau(home, LATER, (), home.out / "a"))}
    log_contact(home, LATER, "C-2025-001", ContactMade("phone", LATER, "王老师", "not_reached"))
    again = {path.name: path.read_bytes() for path in pdfs(to_bureau(home, LATER, (), home.out / "b"))}
    assert first == again
    other_day = to_bureau(home, date(2025, 9, 15), (), home.out / "c")
    assert not other_day.done.made, "reported once"
    named = to_bureau(home, date(2025, 9, 15), ["C-2025-001"], home.out / "d")
    assert [(made.number, made.again) for made in named.done.made] == [("某校报〔2025〕1号", True)]


def test_a_case_that_is_not_due_is_refused_by_name(home: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["-w", str(home.root), "--as-of", LATER.isoformat(), "--json"]
    assert cli.run(["letters", "bureau", *where, "--case", "C-2025-003"]) == 3
    capsys.readouterr()
    assert cli.run(["letters", "bureau", *where, "--case", "C-2025-003", "--case", "C-2025-001"]) == 7
    document = json.loads(capsys.readouterr().out)
    assert [paper["number"] for paper in document["papers"]] == ["某校报〔2025〕1号"]
    assert document["not_due"][0]["case"] == "C-2025-003"
    assert cli.run(["letters", "bureau", *where]) == 0


@pytest.mark.parametrize("verb", ["township", "government", "city", "assistance"])
def test_a_school_may_not_write_for_the_bureau(home: Workspace, capsys: pytest.CaptureFixture[str], verb: str) -> None:
    before = len(Ledger(home.state).events())
    assert cli.run(["letters", verb, "-w", str(home.root), "--as-of", LATER.isoformat()]) == 3
    said = capsys.readouterr().err
    assert "县教育局" in said
    assert "dropctl letters bureau" in said
    assert len(Ledger(home.state).events()) == before


def test_a_bureau_does_not_report_to_itself(county: Workspace) -> None:
    with pytest.raises(Refused, match="由学校出"):
        to_bureau(county, LATER, (), county.out)


def test_letter_and_report_name_each_others_numbers(county: Workspace) -> None:
    for number in ("C-2025-001", "C-2025-002", "C-2025-003"):
        report_arrived(county, LATER, number, on=date(2025, 9, 11), report=f"某校报〔2025〕{number[-1]}号")
    found = to_township_and_government(county, LATER, "township", (), county.out)
    numbers = {made.order.about: made.number for made in found.done.made}
    assert numbers == {
        "河口街道办事处 1人": "某县教育局函〔2025〕1号", "石桥镇人民政府 2人": "某县教育局函〔2025〕2号",
        "县人民政府 3人": "某县教育局报〔2025〕1号",
    }  # fmt: skip
    texts = {path.name.split()[0]: words(path) for path in pdfs(found)}
    assert "某县教育局报〔2025〕1号" in texts["石桥镇人民政府"]
    assert HOSTILE in texts["石桥镇人民政府"]
    assert "丙小三" not in texts["石桥镇人民政府"], "the other township's child"
    assert "反馈单" in texts["石桥镇人民政府"]
    for letter in ("某县教育局函〔2025〕1号", "某县教育局函〔2025〕2号"):
        assert letter in texts["县人民政府"]
    assert not re.search("请.{0,8}(批准|批示|解决|安排)", texts["县人民政府"]), "a report asks for nothing"
    assert case_of(county, "C-2025-001").rung == "with_township"
    again = to_township_and_government(county, LATER, "government", (), county.out / "again")
    assert all(made.again for made in again.done.made)
    assert [path.read_bytes() for path in pdfs(again)] == [path.read_bytes() for path in pdfs(found)]


def test_a_report_that_arrives_later_makes_new_papers_and_leaves_the_old_ones(county: Workspace) -> None:
    report_arrived(county, LATER, "C-2025-001", on=date(2025, 9, 11), report=None)
    to_township_and_government(county, LATER, "township", (), county.out)
    report_arrived(county, LATER, "C-2025-002", on=date(2025, 9, 11), report=None)
    found = to_township_and_government(county, LATER, "township", ["C-2025-002"], county.out)
    assert [(made.number, made.order.cases) for made in found.done.made] == [
        ("某县教育局函〔2025〕2号", ("C-2025-002",)), ("某县教育局报〔2025〕2号", ("C-2025-002",)),
    ]  # fmt: skip


def test_without_a_township_neither_of_the_two_is_made(tmp_path: Path) -> None:
    made = create_workspace(tmp_path / "c", role="county", name="某县教育局", code="", opening=OPENING, closing=CLOSING)
    number = cases.open_by_hand(made, DAY, cases.ByHand("报告", OPENING, name="甲小一", unlisted=True))
    report_arrived(made, LATER, number, on=MONDAY, report=None)
    before = len(Ledger(made.state).events())
    with pytest.raises(Refused, match="所在乡镇"):
        to_township_and_government(made, LATER, "township", (), made.out)
    assert len(Ledger(made.state).events()) == before, "no number is taken"


def test_the_arrival_of_a_report_is_recorded_once_and_only_by_the_bureau(county: Workspace, home: Workspace) -> None:
    with pytest.raises(Refused, match="由县教育局登记"):
        report_arrived(home, LATER, "C-2025-001", on=LATER, report=None)
    report_arrived(county, LATER, "C-2025-001", on=LATER, report="X")
    with pytest.raises(Refused, match="已经登记过"):
        report_arrived(county, LATER, "C-2025-001", on=LATER, report="X")


def moved(county: Workspace) -> None:
    for number, where, place in (
        ("C-2025-001", "same_city", "某市乙县某镇"), ("C-2025-002", "other_province", "某省某市某区"),
    ):  # fmt: skip
        found = case_plans.Found(whereabouts=where, place=place, village=None, unwilling=where == "other_province")
        case_plans.routed(county, LATER, number, found)


def test_children_who_moved_on_go_to_the_city_by_the_way_they_went(county: Workspace) -> None:
    moved(county)
    found = to_city(county, LATER, (), county.out)
    made = {one.order.paper.name: one.order.cases for one in found.done.made}
    assert made == {"handover-city": ("C-2025-001",), "assistance-request": ("C-2025-002",)}
    assert [case for case, _ in found.not_due] == ["C-2025-003"]
    assert "某市乙县某镇" in words(pdfs(found)[0])


def test_whole_numbers_stand_on_a_page_of_their_own_and_only_with_a_reason(county: Workspace) -> None:
    moved(county)
    (draft,) = pdfs(drafts(county, LATER, (), county.out))
    assert not re.search(r"\d{15}", words(draft))
    with pytest.raises(Refused, match="没有写为什么"):
        drafts(county, LATER, (), county.out / "r", reveal=Reveal(""))
    (shown,) = pdfs(drafts(county, LATER, (), county.out / "r", reveal=Reveal("市局要求")))
    assert id_number(sequence=3) in words(shown)
    events = Ledger(county.state).events()
    assert [event.kind for event in events].count("revealed") == 1
    assert id_number(sequence=3) not in json.dumps([dict(event.facts) for event in events], default=str)
    assert len(pypdf.PdfReader(shown).pages) == len(pypdf.PdfReader(draft).pages) + 1


def test_an_incoming_letter_is_answered_once_its_result_is_recorded(county: Workspace) -> None:
    where = ["-w", str(county.root), "--as-of", LATER.isoformat()]
    told = ["--sender", "某市某区教育局", "--name", HOSTILE, "--letter", "某教函〔2025〕5号"]
    assert cli.run(["assistance", "add", *where, *told]) == 0
    with pytest.raises(Refused, match="还没有登记核查结果"):
        reply_to(county, LATER, "X-2025-001", county.out)
    here = ["--result", "在我县就读", "--school", "某校七年级"]
    assert cli.run(["assistance", "reply", "X-2025-001", *where, *here]) == 0
    found = reply_to(county, LATER, "x-2025-001", county.out)
    text = words(pdfs(found)[0])
    assert HOSTILE in text
    assert "某校七年级" in text
    assert found.done.made[0].number == "某县教育局函〔2025〕1号"


def test_both_forms_say_the_same(county: Workspace) -> None:
    moved(county)
    found = drafts(county, LATER, (), county.out)
    (files,) = found.written.files.values()
    word = docx.Document(str(next(path for path in files if path.suffix == ".docx")))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    told = re.sub(r"\s+", "", "".join([*(line.text for line in word.paragraphs), *cells]))
    assert sorted(told) == sorted(re.sub(r"—\d+—", "", words(pdfs(found)[0])))


def test_a_school_never_orders_and_no_wording_threatens_a_fine() -> None:
    from dropctl.documents.catalogue import PAPERS

    for paper in PAPERS:
        text = re.sub(
            r"\{#.*?#\}", "", (templates_folder() / f"{paper.name}.txt").read_text(encoding="utf-8"), flags=re.S
        )
        assert "罚款" not in text, paper.name
        assert "违法" not in text, paper.name
        if "school" in paper.issuers:
            assert "责令" not in text, paper.name


def test_a_case_that_is_opened_again_is_reported_again(home: Workspace) -> None:
    to_bureau(home, LATER, ["C-2025-001"], home.out)
    closing = {"派出所或村委会证明": "村委会证明"}
    cases.close(home, LATER, "C-2025-001", outcome="户籍问题", evidence=closing, on=LATER, by="王老师", note=None)
    again = date(2025, 9, 15)
    cases.reopen(home, again, "C-2025-001", reason="又没有到校")
    one = ["C-2025-001"]
    early = to_bureau(home, again, one, home.out / "b")
    assert not early.done.made, "what was tried before belongs to what was closed"
    cases.name_causes(home, again, one[0], ["danger"])
    found = to_bureau(home, again, one, home.out / "c")
    assert [(made.number, made.again) for made in found.done.made] == [("某校报〔2025〕2号", False)]
