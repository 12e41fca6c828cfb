"""`notices`, `serve` and the delivery record as a registrar runs them, and what stands on the papers."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest
from ledger_school import NAMES, reconcile, reconciled_school, return_list
from test_documents import HOSTILE

from dropctl import cli
from dropctl.documents.catalogue import PAPER_BY_NAME, PAPERS
from dropctl.documents.context import PaperContext
from dropctl.documents.notices import FirstNotice, SecondNotice
from dropctl.documents.render import Printer
from dropctl.documents.wording_files import wording_of
from dropctl.ledger import Ledger
from dropctl.ledger.cases import CASE_KINDS, fold_cases
from dropctl.policy.case_state import Case
from dropctl.procedures.paper_builders import make_papers
from dropctl.procedures.paper_desk import Asked
from dropctl.resources import template_text
from dropctl.workspace import Workspace, find_workspace

CASE, OTHER = "C-2025-001", "C-2025-002"
ONE, TWO = "某校劝返〔2025〕第001号", "某校劝返〔2025〕第002号"
PEOPLE = '\n[people]\n"校长" = "李校长"\n"学籍管理员" = "陈老师"\n"联系电话" = "19900001234"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    made = reconciled_school(tmp_path / "w", NAMES[:2])
    config = made.root / "dropctl.toml"
    config.write_text(config.read_text(encoding="utf-8") + PEOPLE, encoding="utf-8")
    monkeypatch.chdir(made.root)
    again = find_workspace(made.root, made.root)
    assert again is not None
    return again


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(day: str, *args: str) -> tuple[int, Any, str]:
        code = cli.run([*args, "--as-of", f"2025-{day}"])
        said = capsys.readouterr()
        assert "3499012013" not in said.out + said.err
        return code, json.loads(said.out) if "--json" in args else said.out, said.err

    return call


def contact(run: Any, number: str = CASE, day: str = "09-03", kind: str = "phone") -> None:
    code, _, _ = run(
        day, "case", "log", number, "--kind", kind, "--on", f"2025-{day}", "--by", "王", "--result", "reached"
    )
    assert code == 0


def serve(
    run: Any, number: str, day: str, *more: str, by: str = "direct", on: str | None = None
) -> tuple[int, Any, str]:
    answer: tuple[int, Any, str] = run(day, "serve", number, "--on", f"2025-{on or day}", "--by", by, *more)
    return answer


def folded(home: Workspace) -> dict[str, Case]:
    return fold_cases(Ledger(home.state).events(kinds=CASE_KINDS))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- what is due is made, the rest is said


def test_all_that_are_due_are_made_and_the_others_are_named_with_their_reason(home: Workspace, run: Any) -> None:
    contact(run)
    code, made, _ = run("09-10", "notices", "--json")
    assert code == 0
    (paper,) = made["papers"]
    assert {key: paper[key] for key in ("number", "case", "stage")} == {"number": ONE, "case": CASE, "stage": "first"}
    assert paper["name"] == folded(home)[CASE].name
    assert [Path(file).suffix for file in paper["files"]] == [".docx", ".pdf"]
    assert [line["case"] for line in made["not_due"]] == [OTHER]
    assert "联系" in made["not_due"][0]["reason"]
    assert {number: case.rung for number, case in folded(home).items()} == {CASE: "first_notice", OTHER: "opened"}


def test_one_that_is_named_and_not_due_is_refused(home: Workspace, run: Any) -> None:
    code, made, _ = run("09-10", "notices", "--case", CASE, "--json")
    assert (code, made["papers"], [line["case"] for line in made["not_due"]]) == (3, [], [CASE])
    contact(run, day="09-10")
    code, made, _ = run("09-10", "notices", "--case", CASE, "--case", OTHER, "--json")
    assert (code, [paper["case"] for paper in made["papers"]]) == (7, [CASE])
    code, _, err = run("09-10", "notices", "--case", "C-2025-099")
    assert (code, "没有 C-2025-099" in err) == (3, True)
    assert run("09-10", "notices", "--stage", "third")[0] == 2


def test_the_same_again_gives_the_same_numbers_and_bytes(home: Workspace, run: Any) -> None:
    contact(run)
    contact(run, OTHER)
    first = run("09-10", "notices", "--json")[1]
    before = contents(home.out)
    contact(run, day="09-10", kind="visit")
    second = run("09-10", "notices", "--json")[1]
    assert contents(home.out) == before
    assert [paper["number"] for paper in second["papers"]] == [paper["number"] for paper in first["papers"]]
    # A week later: named, it is printed again as it was; unnamed, it waits to be served.
    later = run("09-17", "notices", "--case", CASE, "-o", "again", "--json")[1]
    assert [(paper["number"], paper["issued_on"], paper["again"]) for paper in later["papers"]] == [
        (ONE, "2025-09-10", True)
    ]
    alone = contents(home.root / "again")
    assert {name: before[f"劝返通知书-2025-09-10/{name}"] for name in alone} == alone
    code, waiting, _ = run("09-17", "notices", "--json")
    assert (code, waiting["papers"], len(waiting["not_due"])) == (0, [], 2)
    assert "serve" in waiting["not_due"][0]["reason"]


def test_a_rehearsal_says_what_would_be_made_and_leaves_nothing(home: Workspace, run: Any) -> None:
    contact(run)
    code, out, err = run("09-10", "notices", "--dry-run")
    assert (code, ONE in out, "演示" in err) == (0, True, True)
    assert folded(home)[CASE].rung == "contacted"
    assert list(home.out.iterdir()) == []


def test_the_second_comes_after_service_deadline_and_visit(home: Workspace, run: Any) -> None:
    contact(run)
    run("09-10", "notices")
    assert serve(run, "劝返[2025]1", "09-11", "--receipt", "signed", "--receiver", "王某")[0] == 0
    contact(run, day="09-15", kind="visit")
    assert run("09-18", "notices", "--json")[1]["papers"] == []
    code, made, _ = run("09-19", "notices", "--stage", "second", "--json")
    assert (code, [(paper["number"], paper["stage"]) for paper in made["papers"]]) == (0, [(TWO, "second")])
    assert any("官方文本" in note for note in made["notes"])
    text = docx_text(Path(made["papers"][0]["files"][0]).read_bytes())
    for said in (
        "2025年9月11日送达",
        ONE,
        "9月3日电话联系",
        "9月15日上门家访",
        "《中华人民共和国义务教育法》第五条第二款",
    ):
        assert said in text
    assert folded(home)[CASE].rung == "second_notice"


def test_a_child_that_is_back_on_the_lists_gets_no_notice(home: Workspace, run: Any) -> None:
    contact(run)
    contact(run, OTHER)
    return_list(home, [NAMES[1]], date(2025, 9, 9))
    reconcile(home, date(2025, 9, 9))
    made = run("09-10", "notices", "--json")[1]
    back = next(case.number for case in folded(home).values() if case.name == NAMES[0])
    assert [paper["case"] for paper in made["papers"]] == [number for number in (CASE, OTHER) if number != back]
    assert [line["case"] for line in made["not_due"]] == [back]


def test_a_county_sends_no_notices(home: Workspace, run: Any) -> None:
    config = home.root / "dropctl.toml"
    config.write_text(config.read_text(encoding="utf-8").replace('"school"', '"county"'), encoding="utf-8")
    code, _, err = run("09-10", "notices")
    assert (code, "由学校发" in err) == (3, True)


def test_what_is_missing_is_shown_on_paper_and_filled_in_under_the_same_number(home: Workspace, run: Any) -> None:
    contact(run)
    config = home.root / "dropctl.toml"
    whole = config.read_text(encoding="utf-8")
    config.write_text(whole.replace('"联系电话" = "19900001234"\n', ""), encoding="utf-8")
    made = run("09-10", "notices", "--json")[1]
    assert "联系电话1份" in made["notes"][0]
    assert "〔待填：联系电话〕" in docx_text(Path(made["papers"][0]["files"][0]).read_bytes())
    config.write_text(whole, encoding="utf-8")
    again = run("09-12", "notices", "--case", CASE, "--json")[1]
    text = docx_text(Path(again["papers"][0]["files"][0]).read_bytes())
    assert (again["papers"][0]["number"], "19900001234" in text, "2025年9月10日" in text) == (ONE, True, True)


# ---- serving


def test_the_day_of_service_starts_the_deadline(home: Workspace, run: Any) -> None:
    contact(run)
    run("09-24", "notices")
    _, told, _ = serve(run, ONE, "09-25", "--json")
    assert (told["number"], told["deadline"], told["known"]) == (ONE, "2025-10-09", False)
    _, told, _ = serve(run, ONE, "09-26", "--receipt", "reply", "--json", on="09-25")
    assert (told["deadline"], told["known"]) == ("2025-10-09", False)
    assert serve(run, ONE, "09-27", "--json", on="09-25")[1]["known"] is True
    (paper,) = folded(home)[CASE].papers
    assert paper.served_on == date(2025, 9, 25)


def test_what_cannot_be_a_service_is_refused_with_what_to_do(home: Workspace, run: Any) -> None:
    contact(run)
    contact(run, OTHER)
    run("09-10", "notices")
    for args, said in (
        (("某校劝返〔2025〕第009号", "09-11"), "没有发出过"),
        (("号", "09-11"), "没有发出过"),
        ((ONE, "09-10"), "早于发出"),
    ):
        code, _, err = serve(run, *args, on="09-08" if "早于" in said else None)
        assert (code, said in err) == (3, True), err
    assert "晚于" in serve(run, ONE, "09-11", on="09-12")[2]
    assert "见证人" in serve(run, ONE, "09-11", "--receipt", "refused")[2]
    assert "不认识" in serve(run, ONE, "09-11", by="carrier pigeon")[2]
    assert run("09-11", "serve", ONE)[0] == 2
    assert serve(run, ONE, "09-11", "--receipt", "refused", "--witness", "村主任", by="left")[0] == 0
    code, _, err = serve(run, ONE, "09-12")
    assert (code, "已经登记过2025-09-11留置送达" in err, "case void" in err) == (3, True, True)


def test_mail_that_came_back_is_no_service_and_is_tried_again(home: Workspace, run: Any) -> None:
    contact(run)
    run("09-10", "notices")
    code, out, err = serve(run, ONE, "09-15", "--receipt", "returned", by="mail")
    assert (code, "还不算送达" in err, "返校期限" in out) == (0, True, False)
    assert folded(home)[CASE].papers[0].served_on is None
    assert serve(run, ONE, "09-16", "--json")[1]["deadline"] == "2025-09-23"
    assert folded(home)[CASE].papers[0].served_on == date(2025, 9, 16)


def test_a_voided_number_cannot_be_served_and_the_next_is_a_new_one(home: Workspace, run: Any) -> None:
    contact(run)
    run("09-10", "notices")
    (event,) = Ledger(home.state).events(kinds={"number_issued"})
    assert run("09-10", "case", "void", CASE, str(event.seq), "--reason", "日期写错")[0] == 0
    code, _, err = serve(run, ONE, "09-11")
    assert (code, "已经作废" in err) == (3, True)
    assert [paper["number"] for paper in run("09-11", "notices", "--json")[1]["papers"]] == [TWO]


def test_the_delivery_record_is_empty_before_and_filled_after(home: Workspace, run: Any) -> None:
    contact(run)
    run("09-10", "notices")

    def record(day: int) -> str:
        done, written = make_papers(home, date(2025, 9, day), "delivery-record", Asked(number=ONE), home.root / "dr")
        assert done.refused == []
        return docx_text(written.files[0][0].read_bytes())

    empty = record(10)
    assert all(said in empty for said in (ONE, "□直接送达", "某校送回〔2025〕第001号"))
    serve(run, ONE, "09-11", "--receipt", "signed", "--receiver", "王某", "--server", "陈老师")
    filled = record(11)
    assert all(said in filled for said in ("直接送达", "2025年9月11日", "王某", "陈老师", "某校送回〔2025〕第002号"))
    assert "□" not in filled


# ---- the papers themselves


def notice(name: str, **more: object) -> Mapping[str, object]:
    return {
        "number": ONE, "issued_on": date(2025, 10, 13), "school": "某县某某九年一贯制学校", "child": name,
        "class_name": "七年级1班", "addressee": f"王某某（{name}的奶奶）", "guardian": "王某某",
        "absent_from": date(2025, 9, 25), "absent_until": date(2025, 10, 13), "absent_days": 7,
        "absent_dates": "9月25日至30日、10月10日至13日", "deadline": date(2025, 10, 20), "weekday": "星期一",
        "place": "某县某某九年一贯制学校", "contact": "陈老师", "phone": "19900001234", "approver": "李校长", **more,
    }  # fmt: skip


def first(name: str) -> FirstNotice:
    return FirstNotice.model_validate(notice(name))


def second(name: str) -> SecondNotice:
    basis = [
        {"cited": f"《某法》第{n}条", "paraphrase": "监护人应当保证子女按时入学并完成义务教育" * 2} for n in "一二"
    ]
    return SecondNotice.model_validate(
        notice(
            name, outreach="已于9月26日、9月28日、9月29日、9月30日等7次电话联系，10月9日、10月10日上门家访",
            first_number=ONE, first_served_on=date(2025, 9, 30), first_deadline=date(2025, 10, 14), basis=basis,
            report_basis="《某法》第二十八条第二款",
        )
    )  # fmt: skip


def printer(name: str) -> Printer:
    return Printer(wording_of(PAPER_BY_NAME[name], None))


def words(text: str) -> str:
    return re.sub(r"\s+", "", text)


def docx_text(data: bytes) -> str:
    body = docx.Document(io.BytesIO(data)).element.body
    return "".join(node.text or "" for node in body.iter() if node.tag.endswith("}t"))


@pytest.mark.parametrize("make", [first, second])
def test_every_child_has_one_sheet_with_the_same_words_in_both_forms(make: Any) -> None:
    papers: list[PaperContext] = [make(name) for name in [*HOSTILE, "阿卜杜热合曼·买买提吐尔逊艾力肉孜"]]
    forms = printer("first-notice" if make is first else "second-notice")
    day = date(2025, 10, 13)
    data, left_out = forms.merged_pdf(papers, day=day, about=["x"] * len(papers))
    assert (left_out, data is not None) == ([], True)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data or b"")).pages]
    assert len(pages) == len(papers)
    merged = forms.merged_docx(papers, day=day)
    assert merged is not None
    single = [words(docx_text(forms.docx_of(paper, day=day))) for paper in papers]
    assert words(docx_text(merged)) == "".join(single)
    for page, text, paper in zip(pages, single, papers, strict=True):
        assert sorted(words(page)) == sorted(text)
        assert text.count(words(str(paper.model_dump()["child"]))) >= 3


def test_the_merged_files_have_the_same_bytes_anywhere() -> None:
    script = (
        "import sys, hashlib; sys.path.insert(0, 'tests')\n"
        "from datetime import date\nfrom test_notices import first, printer\n"
        "forms, papers, day = printer('first-notice'), [first('甲'), first('乙')], date(2025, 10, 13)\n"
        "for data in (forms.merged_docx(papers, day=day), forms.merged_pdf(papers, day=day, about=['x', 'y'])[0]):\n"
        "    print(hashlib.sha256(data).hexdigest())"
    )
    seen = set()
    for zone, seed, language in (("Asia/Shanghai", "1", "zh_CN.GBK"), ("America/New_York", "2", "C")):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed, "LANG": language, "LC_ALL": language}
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    assert len(seen.pop().split()) == 2


def test_the_first_is_short_and_plain_and_names_what_must_not_be_missing() -> None:
    text = docx_text(printer("first-notice").docx_of(first("张三"), day=date(2025, 10, 13)))
    letter = text.split(ONE)[3]  # behind stub, first cut and the notice's own number; before the second cut
    body = letter.partition("：")[2].rpartition("某县某某九年一贯制学校（盖章）")[0]
    assert 150 <= len(body) <= 225
    for said in ("9月25日至30日", "7天课", "2025年10月20日（星期一）前", "陈老师", "19900001234", "在别处上学"):
        assert said in letter
    for word in ("违法", "义务", "责任", "处罚", "贫", "残", "身份证", "必须", "后果"):
        assert word not in text
    assert text.count("□") == 5
    assert "□ 已在别处就读，学校：" in text


def test_the_second_is_formal_and_its_sheet_bears_the_number_four_times() -> None:
    text = docx_text(printer("second-notice").docx_of(second("张三"), day=date(2025, 10, 13)))
    assert text.split("第一次通知书")[0].count(ONE) == 3
    assert "规定" in text
    assert "书面报告县教育局" in text


@pytest.mark.parametrize(
    "paper", [paper for paper in PAPERS if "school" in paper.issuers], ids=lambda paper: paper.name
)
def test_no_paper_of_a_school_orders_or_threatens_a_fine(paper: Any) -> None:
    text = re.sub(r"\{#.*?#\}", "", template_text(paper.name))
    assert not re.search("责令|罚款|处罚|拘留|起诉", text)
