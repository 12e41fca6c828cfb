"""`papers NAME`: what is recorded is filled in, the rest is room to write; nobody else's matter goes to the police."""

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
from test_documents import words as squeezed

from dropctl import cli
from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.documents.context import PaperContext
from dropctl.errors import Refused
from dropctl.ledger import Ledger
from dropctl.procedures import case_plans, cases
from dropctl.procedures.issuing import Issue, Reveal, Written
from dropctl.procedures.outreach import ContactMade, log_contact
from dropctl.procedures.paper_builders import BUILDERS, make_papers
from dropctl.procedures.paper_desk import Asked
from dropctl.workspace import Workspace, create_workspace

ALONE = (
    "outreach-record",
    "home-visit",
    "visit-sheets",
    "return-plan",
    "home-teaching-record",
    "school-plan",
    "police",
)


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    made = reconciled_school(tmp_path / "w", NAMES[:2])
    log_contact(made, DAY, "C-2025-001", ContactMade("phone", DAY, "王老师", "refused", note="要照顾弟弟"))
    cases.name_causes(made, DAY, "C-2025-001", ["illness"])
    return made


@pytest.fixture
def doubtful(tmp_path: Path) -> Workspace:
    """A school where one ID is wrong, one was spoiled by a spreadsheet, and a county list has another birth date."""
    made = create_workspace(
        tmp_path / "w", role="school", name="某校", code="3499000001", opening=OPENING, closing=CLOSING
    )
    right = id_number(sequence=5)
    rows = [
        pupil("甲小一", 1, number=id_number(sequence=1)[:17] + ("1" if id_number(sequence=1)[17] != "1" else "2")),
        pupil("乙小二", 3, number="349901201305010000"),
        pupil("丙小三", 5, number=right),
    ]
    workbook(made.inbox / "学籍名册.xlsx", [["某校学生花名册"], HEADINGS, *rows])
    return_list(made, (), names=("甲小一", "乙小二", "丙小三"))
    poor = ("户编号", "姓名", "证件号码", "出生日期", "与户主关系", "户类型", "监测对象类别")
    told = [["H1", "丙小山", right, "20130501", "之子", "脱贫户", ""]]
    workbook(made.inbox / "脱贫户.xlsx", [["脱贫户家庭成员"], poor, *told])
    reconcile(made)
    return made


def made(home: Workspace, name: str, day: date = DAY, **asked: object) -> tuple[Issue, Written, str]:
    done, written = make_papers(home, day, name, Asked(**asked), home.out / name)  # type: ignore[arg-type]
    pdfs = [path for files in written.files.values() for path in files if path.suffix == ".pdf"]
    pages = [page.extract_text() for path in pdfs for page in pypdf.PdfReader(path).pages]
    return done, written, squeezed("".join(pages))


def test_every_builder_has_a_paper_and_a_builder_for_each_of_ours() -> None:
    assert set(ALONE) <= set(BUILDERS)
    assert all(issubclass(PAPER_BY_NAME[name].context, PaperContext) for name in BUILDERS)


def test_the_record_of_persuasion_holds_every_contact_and_room_for_more(home: Workspace) -> None:
    done, written, text = made(home, "outreach-record", cases=("C-2025-001",))
    assert [one.order.cases for one in done.made] == [("C-2025-001",)]
    assert "要照顾弟弟" in text
    assert "拒绝返校" in text
    (files,) = written.files.values()
    table = docx.Document(str(next(path for path in files if path.suffix == ".docx"))).tables[-1]
    assert sum(not any(cell.text.strip("　 ") for cell in row.cells) for row in table.rows) == 6


def test_a_home_visit_says_gently_what_asks_for_help_first(home: Workspace) -> None:
    _, _, text = made(home, "home-visit")
    assert "该生情况特殊（因病），先了解怎样帮助，不催促" in text
    assert text.count("第1次") == 2


def test_visit_sheets_go_class_by_class(home: Workspace) -> None:
    done, _, text = made(home, "visit-sheets")
    assert [one.order.about for one in done.made] == ["七年级1班 2人"]
    assert NAMES[0] in text
    assert NAMES[1] in text
    with pytest.raises(Refused, match="没有要走访的个案"):
        made(home, "visit-sheets", class_name="九年级1班")


def test_a_return_plan_offers_the_ways_until_a_person_has_decided(home: Workspace) -> None:
    with pytest.raises(Refused, match="没有已返校"):
        made(home, "return-plan")
    cases.report_return(home, DAY, "C-2025-001", on=DAY, by="王老师", note=None)
    _, _, open_text = made(home, "return-plan")
    assert "〔待填：安置方式〕" in open_text
    assert "□编入相应年级和班级" in open_text
    case_plans.confirm(home, DAY, "C-2025-001", "class", case_plans.Stated(), by="李主任", note=None)
    _, _, decided = made(home, "return-plan")
    assert "安置方式：编入相应年级和班级。" in decided
    assert "□编入" not in decided


def test_the_school_plan_has_the_figures_and_days_that_are_recorded(home: Workspace) -> None:
    _, _, text = made(home, "school-plan")
    assert "学籍在册44人" in text
    assert "正在办理的个案2件" in text
    assert "2025年9月15日" in text
    assert "连续5个上课日" in text


def test_only_what_the_police_can_settle_goes_to_the_police(doubtful: Workspace) -> None:
    done, _, text = made(doubtful, "police")
    assert done.made[0].number == "某校函〔2025〕1号"
    assert "甲小一" in text
    assert "丙小山" in text
    assert "乙小二" not in text, "a number spoiled by a spreadsheet is for the school to put right"
    assert "第" not in re.sub("第.{1,2}条", "", text.split("问题")[-1]), "no rows of our files"
    assert not re.search(r"\d{15}", text)


def test_whole_numbers_go_to_the_police_on_a_page_of_their_own(doubtful: Workspace) -> None:
    with pytest.raises(Refused, match="没有写为什么"):
        made(doubtful, "police", reveal=Reveal(" "))
    _, _, text = made(doubtful, "police", reveal=Reveal("派出所核实"))
    assert id_number(sequence=5) in text
    assert any(event.kind == "revealed" for event in Ledger(doubtful.state).events())


def test_home_teaching_lists_the_visits_of_the_term(home: Workspace) -> None:
    with pytest.raises(Refused, match="没有送教上门的学生"):
        made(home, "home-teaching-record")
    cases.report_return(home, DAY, "C-2025-001", on=DAY, by="王老师", note=None)
    stated = case_plans.Stated(severe=True)
    case_plans.confirm(home, DAY, "C-2025-001", "home_teaching", stated, by="李主任", note=None)
    done, _, text = made(home, "home-teaching-record")
    assert done.made[0].order.about.endswith(NAMES[0])
    assert "每周不少于1次" in text
    assert "C-2025-001的一人一案" in text


def test_the_command_says_which_names_there_are(home: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["-w", str(home.root), "--as-of", DAY.isoformat()]
    assert cli.run(["papers", "nothing", *where]) == 3
    assert "home-visit（家访记录）" in capsys.readouterr().err
    assert cli.run(["papers", "home-visit", *where, "--case", "C-2025-001", "--json"]) == 0
    (paper,) = json.loads(capsys.readouterr().out)["papers"]
    assert (paper["number"], paper["cases"], len(paper["files"])) == (None, ["C-2025-001"], 2)
    assert cli.run(["papers", "home-visit", *where, "--reveal", "--reason", "x"]) == 3


@pytest.mark.parametrize("name", ["outreach-record", "home-visit", "visit-sheets"])
def test_both_forms_say_the_same(home: Workspace, name: str) -> None:
    _, written, _ = made(home, name)
    for files in written.files.values():
        word, pdf = sorted(files, key=lambda path: path.suffix)
        document = docx.Document(str(word))
        told = [line.text for line in document.paragraphs]
        told += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        pages = [re.sub(r"—\s*\d+\s*—\s*$", "", page.extract_text()) for page in pypdf.PdfReader(pdf).pages]
        assert sorted(squeezed("".join(told))) == sorted(squeezed("".join(pages)))
