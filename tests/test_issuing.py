"""Any paper of the catalogue: checked, numbered before it is rendered, written whole; again the same, byte for byte."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pypdf
import pytest
from ledger_school import DAY, NAMES, reconciled_school
from pydantic import Field

from dropctl.documents.catalogue import Paper
from dropctl.documents.context import PaperContext, full_number, needed
from dropctl.errors import CannotWrite, Refused
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.ledger.papers import PAPER_KINDS, fold_papers
from dropctl.policy.numbering import Series, numbers_meant
from dropctl.procedures import cases as procedures
from dropctl.procedures.issuing import ONE_BY_ONE, Issue, Order, Reveal, Written, issue, write
from dropctl.workspace import Workspace, create_workspace, find_workspace

LATER = date(2025, 9, 10)
CASES = ("C-2025-001", "C-2025-002", "C-2025-003")


class Slip(PaperContext):
    """The context of a paper made for these tests."""

    number: str | None = Field(title="编号")
    name: str = needed("姓名")
    day: date
    phone: str | None = Field(default=None, title="电话")
    id_number: str | None = full_number("身份证号")


SLIP = Paper("slip", "字条", "三.5", Slip, ("school",), full_numbers=True, series=Series("劝返"))
WORDING = """# 字条
> {{ number }}
{{ name }}于{{ day }}，电话{{ phone }}。
{% if id_number %}
证号{{ id_number }}
{% endif %}
"""


@pytest.fixture
def home(tmp_path: Path) -> Workspace:
    made = reconciled_school(tmp_path / "w", NAMES[:3])
    made.templates.mkdir()
    (made.templates / "slip.txt").write_text(WORDING, encoding="utf-8")
    return made


def workspace_with_slip(root: Path) -> Workspace:
    """Return the workspace in `root`, made where there is none, with the wording of the slip."""
    if not (root / "dropctl.toml").exists():
        create_workspace(root, role="school", name="某校", code="", opening=date(2025, 9, 1), closing=date(2026, 1, 30))
        (root / "templates").mkdir()
        (root / "templates" / "slip.txt").write_text(WORDING, encoding="utf-8")
    found = find_workspace(root, root)
    assert found is not None
    return found


def order(place: int, name: str | None = None, **facts: object) -> Order:
    def make(number: str | None, on: date) -> Slip:
        return Slip.model_validate(
            {"number": number, "name": NAMES[place] if name is None else name, "day": on, **facts}
        )

    case, child = CASES[place], f"P-{place + 1:04d}"
    return Order(SLIP, f"slip:{case}", f"{case} {NAMES[place]}", make, (case,), (child,), rung="first_notice")


def issued(home: Workspace, orders: Sequence[Order], day: date = DAY, **more: Reveal) -> Issue:
    with Ledger(home.state).writing(day, "test") as transaction:
        return issue(transaction, home, orders, **more)


def made(home: Workspace, orders: Sequence[Order], day: date = DAY, out: str = "o") -> tuple[Issue, Written]:
    done = issued(home, orders, day)
    return done, write(done, home.root / out)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def docx_text(path: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def pdf_text(path: Path) -> list[str]:
    return [page.extract_text().replace("\n", "") for page in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages]


# ---- numbers


def test_a_number_is_an_event_with_all_that_stands_on_the_paper(home: Workspace) -> None:
    done = issued(home, [order(0, phone="甲")])
    assert [one.number for one in done.made] == ["某校劝返〔2025〕第001号"]
    (event,) = Ledger(home.state).events(kinds={"number_issued"})
    assert (event.subject, event.personal["P-0001"]["phone"]) == (CASES[0], "甲")
    case = fold_cases(Ledger(home.state).events(kinds=CASE_KINDS))[CASES[0]]
    assert (case.rung, [paper.number for paper in case.papers]) == ("first_notice", ["某校劝返〔2025〕第001号"])


def test_the_same_again_has_the_same_number_and_bytes_whatever_was_learnt_since(home: Workspace) -> None:
    made(home, [order(0), order(1)])
    first = contents(home.root / "o")
    again, _ = made(home, [order(1, name="改名"), order(0)], LATER, "p")
    assert [one.again for one in again.made] == [True, True]
    second = contents(home.root / "p")
    assert {name: data for name, data in second.items() if ONE_BY_ONE in name} == {
        name: data for name, data in first.items() if ONE_BY_ONE in name
    }
    made(home, [order(0), order(1)], LATER, "q")
    assert contents(home.root / "q") == first
    assert len(Ledger(home.state).events(kinds={"number_issued"})) == 2


def test_what_was_missing_on_a_paper_may_be_filled_in_later(home: Workspace) -> None:
    made(home, [order(0)])
    assert "电话〔待填：电话〕" in docx_text(next((home.root / "o" / ONE_BY_ONE).glob("*.docx")))
    done, _ = made(home, [order(0, phone="甲")], LATER)
    text = docx_text(next((home.root / "o" / ONE_BY_ONE).glob("*.docx")))
    assert "于2025年9月3日，电话甲" in text
    assert done.made[0].number == "某校劝返〔2025〕第001号"


def test_a_voided_number_stays_and_is_not_given_again(home: Workspace) -> None:
    issued(home, [order(0)])
    (event,) = Ledger(home.state).events(kinds={"number_issued"})
    procedures.void(home, DAY, CASES[0], event.seq, reason="写错了")
    assert fold_cases(Ledger(home.state).events(kinds=CASE_KINDS))[CASES[0]].rung == "opened"
    assert [one.number for one in issued(home, [order(0), order(1)]).made] == [
        "某校劝返〔2025〕第002号", "某校劝返〔2025〕第003号",
    ]  # fmt: skip
    papers = fold_papers(Ledger(home.state).events(kinds=PAPER_KINDS))
    assert [(paper.serial, paper.void) for paper in papers.values()] == [(1, True), (2, False), (3, False)]


def test_the_year_begins_a_new_series_and_an_office_may_give_its_own_number(home: Workspace) -> None:
    letter = replace(SLIP, series=Series("", official=True))
    orders = [replace(order(n), paper=letter) for n in range(3)]
    orders[1] = replace(orders[1], given="某校〔2025〕8号")
    assert [one.number for one in issued(home, orders).made] == [
        "某校〔2025〕1号",
        "某校〔2025〕8号",
        "某校〔2025〕9号",
    ]
    taken = issued(home, [replace(orders[0], answers="x", given="某校[2025]第08号")], LATER)
    assert "某校〔2025〕8号已经用过" in taken.refused[0].reason
    later = issued(home, [replace(orders[0], answers="y")], date(2026, 1, 5))
    assert later.made[0].number == "某校〔2026〕1号"


def test_a_rehearsal_takes_no_number(home: Workspace) -> None:
    with Ledger(home.state).writing(DAY, "test", keep=False) as transaction:
        assert issue(transaction, home, [order(0)]).made[0].number == "某校劝返〔2025〕第001号"
    assert Ledger(home.state).events(kinds={"number_issued"}) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("某校劝返[2025]1号", ["某校劝返〔2025〕第001号"]),
        (" 劝返【2025】第 001 号", ["某校劝返〔2025〕第001号"]),
        ("1", ["某校劝返〔2025〕第001号", "某校〔2025〕1号"]),
        ("某校〔2025〕1号", ["某校〔2025〕1号"]),
        ("乙校劝返〔2025〕第001号", []),
        ("没有号", []),
    ],
)
def test_a_typed_number_is_understood(typed: str, meant: list[str]) -> None:
    assert numbers_meant(typed, ["某校劝返〔2025〕第001号", "某校〔2025〕1号", "某校劝返〔2025〕第012号"]) == meant


# ---- one that cannot be made stops nobody else


def test_a_needed_value_that_is_missing_refuses_only_that_paper_and_takes_no_number(home: Workspace) -> None:
    done, written = made(home, [order(0, name=""), order(1)])
    assert [line.reason for line in done.refused] == [
        f"{CASES[0]} {NAMES[0]}：缺少姓名，没有出字条。 请补上后再出这一份。"
    ]
    assert [one.number for one in done.made] == ["某校劝返〔2025〕第001号"]
    assert [path.name for path in written.files[0]] == [
        f"{CASES[1]} {NAMES[1]} 字条.docx",
        f"{CASES[1]} {NAMES[1]} 字条.pdf",
    ]


def test_a_character_the_font_lacks_stops_one_pdf_and_is_named_with_the_child(home: Workspace) -> None:
    _, written = made(home, [order(0), order(1, name="𱍐某"), order(2)])
    assert [(line.order.about, "𱍐" in line.reason) for line in written.refused] == [(f"{CASES[1]} {NAMES[1]}", True)]
    assert [[path.suffix for path in files] for files in written.files.values()] == [
        [".docx", ".pdf"], [".docx"], [".docx", ".pdf"],
    ]  # fmt: skip
    merged = {path.suffix: path for path in written.merged}
    assert len(pdf_text(merged[".pdf"])) == 2
    assert "𱍐某" in docx_text(merged[".docx"])


@pytest.mark.parametrize("name", ["张\x0b三", "\ue001某", "甲\u202e乙", "\ud800某"])
def test_a_character_that_is_none_refuses_its_paper_by_field(home: Workspace, name: str) -> None:
    done = issued(home, [order(0, name=name), order(1)])
    assert [line.reason.split("，")[0] for line in done.refused] == [f"{CASES[0]} {NAMES[0]}：姓名里有显示不出的字符"]
    assert [one.order.about for one in done.made] == [f"{CASES[1]} {NAMES[1]}"]


def test_many_are_one_file_with_a_page_each(home: Workspace) -> None:
    _, written = made(home, [order(n) for n in range(3)])
    merged = {path.suffix: path for path in written.merged}
    assert [name in page for name, page in zip(NAMES, pdf_text(merged[".pdf"]), strict=False)] == [True] * 3
    document = docx.Document(str(merged[".docx"]))
    assert len(document.sections) == 3
    assert [name in docx_text(merged[".docx"]) for name in NAMES[:3]] == [True] * 3
    assert oct(merged[".pdf"].stat().st_mode)[-3:] == "600"


# ---- the school's own wording


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# 字\n{{ nam }}", "templates/slip.txt 第2行：用了这份文书没有的名称（nam）"),
        ("好\n\n{{ name.x }}", "templates/slip.txt 第3行"),
        ("{% for a in b %}\n{{ a }}\n{% endfor %}", "（b）"),
        ("{{ name", "templates/slip.txt 第1行：花括号里的写法有误"),
        ("{{ name.upper() }}", "不允许"),
        ("行\n{{ cycler.__init__.__globals__.os.popen('id').read() }}", "templates/slip.txt 第2行：用了不允许的写法"),
        ("{{ name|attr('__class__') }}", "（|attr）"),
        ("{% set x = name %}{{ x }}", "不允许"),
        ("| 甲 | 乙\n", "补上行尾的 |"),
    ],
)
def test_a_broken_wording_is_named_with_its_line_and_takes_no_number(home: Workspace, text: str, said: str) -> None:
    (home.templates / "slip.txt").write_text(text, encoding="utf-8")
    done = issued(home, [order(0), order(1)])
    assert (len(done.refused), done.made) == (2, [])
    assert said in done.refused[0].reason
    assert Ledger(home.state).events(kinds={"number_issued"}) == []


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_wording_may_be_saved_by_any_notepad(home: Workspace, encoding: str) -> None:
    (home.templates / "slip.txt").write_text(WORDING, encoding=encoding)
    _, written = made(home, [order(0)])
    assert NAMES[0] in docx_text(written.files[0][0])


def own_docx(home: Workspace, *paragraphs: str, header: str = "某校") -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = header
    for text in paragraphs:
        document.add_paragraph(text)
    (home.templates / "slip.txt").unlink()
    document.save(str(home.templates / "slip.docx"))


def test_an_own_docx_is_used_and_said_to_be_docx_only(home: Workspace) -> None:
    own_docx(home, "第一段", "{{ number }} {{ name }}", "{%p if phone %}", "有电话", "{%p endif %}")
    _, written = made(home, [order(0, name="张&伟<b>"), order(1)])
    assert docx_text(written.files[0][0]) == "第一段\n某校劝返〔2025〕第001号 张&伟<b>"
    assert [path.suffix for files in written.files.values() for path in files] == [".docx", ".docx"]
    assert written.notes == ["字条用的是本校自己的 templates/slip.docx，只有 .docx，没有 PDF"]
    assert [path.suffix for path in written.merged] == [".docx"]


def test_an_own_docx_with_tags_in_its_header_has_no_merged_file(home: Workspace) -> None:
    own_docx(home, "{{ name }}", header="{{ number }}")
    _, written = made(home, [order(0), order(1)])
    assert written.merged == []
    assert "没有合订本" in written.notes[1]
    header = docx.Document(str(written.files[1][0])).sections[0].header
    assert header.paragraphs[0].text == "某校劝返〔2025〕第002号"


@pytest.mark.parametrize(
    ("paragraph", "said"),
    [
        ("{{ nam }}", "templates/slip.docx 第3段：用了这份文书没有的名称（nam）"),
        ("{{ name.__class__ }}", "第3段"),
        ("{% if name %}", "花括号里的写法有误"),
        ("{{ cycler.__init__.__globals__ }}", "没有的名称"),
    ],
)
def test_a_fault_in_an_own_docx_is_named_with_its_paragraph(home: Workspace, paragraph: str, said: str) -> None:
    own_docx(home, "第一段", paragraph)
    assert said in issued(home, [order(0)]).refused[0].reason


def test_what_is_no_docx_or_stands_twice_is_refused(home: Workspace) -> None:
    (home.templates / "slip.docx").write_bytes(b"PK\x03\x04nonsense")
    assert "两份自己的模板" in issued(home, [order(0)]).refused[0].reason
    (home.templates / "slip.txt").unlink()
    assert "不是能用的 .docx" in issued(home, [order(0)]).refused[0].reason


# ---- where it is written


def test_a_link_or_an_open_file_is_refused_and_nothing_old_is_touched(home: Workspace) -> None:
    made(home, [order(0)])
    before = contents(home.root / "o")
    done = issued(home, [order(0), order(1)], LATER)
    (home.root / "o" / ONE_BY_ONE / f"~${CASES[1]} {NAMES[1]} 字条.docx").write_bytes(b"")
    with pytest.raises(CannotWrite, match="正在别处打开"):
        write(done, home.root / "o")
    (home.root / "o" / ONE_BY_ONE / f"~${CASES[1]} {NAMES[1]} 字条.docx").unlink()
    assert contents(home.root / "o") == before
    (home.root / "link").symlink_to(home.root / "o")
    with pytest.raises(CannotWrite, match=r"链接.*编号不变"):
        write(done, home.root / "link")
    assert contents(home.root / "o") == before


# ---- full numbers


def test_full_numbers_need_a_reason_leave_an_event_and_are_not_kept(home: Workspace) -> None:
    number = "34990120130501001X"
    with pytest.raises(Refused, match="为什么"):
        issued(home, [order(0, id_number=number)], reveal=Reveal(" "))
    done = issued(home, [order(0, id_number=number)], reveal=Reveal("报公安机关更正"))
    (event,) = Ledger(home.state).events(kinds={"revealed"})
    assert (event.facts["numbers"], event.said("reason")) == (["某校劝返〔2025〕第001号"], "报公安机关更正")
    assert done.made[0].context.model_dump()["id_number"] == number
    (given,) = Ledger(home.state).events(kinds={"number_issued"})
    assert "id_number" not in given.personal["P-0001"]
    assert issued(home, [order(0)], LATER).made[0].context.model_dump()["id_number"] is None
    plain = replace(order(1), paper=replace(SLIP, full_numbers=False))
    with pytest.raises(Refused, match="不写完整证件号"):
        issued(home, [plain], LATER, reveal=Reveal("要"))
