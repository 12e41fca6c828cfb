"""`template list|check|export`: a school takes a wording out, changes it in Notepad or Word, and uses it."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from ledger_school import NAMES, reconciled_school
from test_notices import docx_text, first, second, words

from dropctl import cli
from dropctl.documents.catalogue import PAPER_BY_NAME, PAPERS
from dropctl.documents.render import Printer
from dropctl.documents.wording import WordingFault
from dropctl.documents.wording_files import template_of, wording_of
from dropctl.resources import template_text
from dropctl.workspace import Workspace

DAY = date(2025, 10, 13)
NAME = "first-notice"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("DROPCTL_AS_OF", "2025-09-10")
    made = reconciled_school(tmp_path / "w", NAMES[:1])
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*args: str) -> tuple[int, Any, str]:
        code = cli.run(list(args))
        said = capsys.readouterr()
        return code, json.loads(said.out) if "--json" in args else said.out, said.err

    return call


def test_every_paper_is_listed_with_where_it_comes_from(home: Workspace, run: Any) -> None:
    assert run("template", "export", NAME)[0] == 0
    (home.templates / "first_notice.txt").write_text("x", encoding="utf-8")
    papers = {line["paper"]: line for line in run("template", "list", "--json")[1]["papers"]}
    assert set(papers) == set(PAPER_BY_NAME)
    assert [name for name, line in papers.items() if line["own"]] == [NAME]
    assert all(line["ok"] for line in papers.values())
    code, out, err = run("template", "list")
    assert (code, "first-notice.txt" in out, "first_notice.txt" in err) == (0, True, True)
    fields = {line["name"]: line["needed"] for line in run("template", "list", NAME, "--json")[1]["fields"]}
    assert (fields["child"], fields["phone"]) == (True, False)
    assert run("template", "list", "劝返通知书（第二次）", "--json")[1]["paper"] == "second-notice"
    assert run("template", "list", "no-paper")[0] == 3


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_packaged_wording_can_go_round_through_word(paper: Any, tmp_path: Path) -> None:
    exported = template_of(paper, template_text(paper.name))
    out = io.BytesIO()
    docx.Document(io.BytesIO(exported)).save(out)  # opened and saved, as Word would
    (tmp_path / f"{paper.name}.docx").write_bytes(out.getvalue())
    own = wording_of(paper, tmp_path)
    assert own.docx is not None
    Printer(own).docx  # noqa: B018 - its tags are taken apart


@pytest.mark.parametrize("make", [first, second])
def test_an_exported_docx_with_a_letterhead_says_the_same_behind_it(make: Any, tmp_path: Path) -> None:
    paper = PAPER_BY_NAME["first-notice" if make is first else "second-notice"]
    document = docx.Document(io.BytesIO(template_of(paper, template_text(paper.name))))
    document.paragraphs[0].insert_paragraph_before("某县某校（文头）")
    document.sections[0].header.paragraphs[0].text = "某县某校"
    document.save(str(tmp_path / f"{paper.name}.docx"))
    packaged = Printer(wording_of(paper, None)).docx_of(make("张&伟<b>"), day=DAY)
    own = Printer(wording_of(paper, tmp_path))
    assert words(docx_text(own.docx_of(make("张&伟<b>"), day=DAY))) == "某县某校（文头）" + words(docx_text(packaged))
    assert own.is_docx_only
    merged = own.merged_docx([make("甲"), make("乙")], day=DAY)
    assert merged is not None
    assert docx_text(merged).count("文头") == 2


def test_an_exported_template_is_used_and_one_that_stands_there_is_not_overwritten(home: Workspace, run: Any) -> None:
    code, out, _ = run("template", "export", NAME, "--as", "docx")
    assert (code, "不出 PDF" in out) == (0, True)
    run("case", "log", "C-2025-001", "--kind", "phone", "--by", "王", "--result", "reached")
    made = run("notices", "--json")[1]
    assert [Path(file).suffix for file in made["papers"][0]["files"]] == [".docx"]
    assert any("只有 .docx" in note for note in made["notes"])
    path = home.templates / f"{NAME}.docx"
    before = path.read_bytes()
    for more, said in ((("--as", "docx"), "已经有这个模板"), (("--as", "txt"), "不能并存"), (("--as", "odt"), "格式")):
        code, _, err = run("template", "export", NAME, *more)
        assert (code, said in err) == (3, True)
    assert path.read_bytes() == before
    assert run("template", "export", NAME, "--as", "docx", "--replace")[0] == 0
    code, _, err = run("template", "export", NAME, "-o", "elsewhere")
    assert (code, "--original" in err) == (3, True)
    assert run("template", "export", NAME, "-o", "elsewhere", "--original")[0] == 0
    assert (home.root / "elsewhere" / f"{NAME}.txt").read_text(encoding="utf-8") == template_text(NAME)


def test_outside_a_workspace_a_place_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("template", "export", NAME)
    assert (code, "-o" in err) == (3, True)
    assert run("template", "export", NAME, "-o", "t", "--dry-run", "--json")[1]["outputs"] == []
    assert not (tmp_path / "t").exists()
    assert run("template", "check", "--json")[1]["ok"] is True


def test_every_fault_of_a_broken_one_is_named_with_its_line_and_other_papers_go_on(home: Workspace, run: Any) -> None:
    home.templates.mkdir()
    (home.templates / f"{NAME}.txt").write_text("# 通知\n{{ chid }}\n好\n{{ phone.x }} {{ f() }}\n", encoding="utf-8")
    code, told, err = run("template", "check", "--json")
    assert (code, "3处问题" in err, told["ok"]) == (3, True, False)
    assert [fault["message"].split("：")[0] for fault in told["faults"]] == [
        "templates/first-notice.txt 第2行", "templates/first-notice.txt 第4行", "templates/first-notice.txt 第4行",
    ]  # fmt: skip
    run("case", "log", "C-2025-001", "--kind", "phone", "--by", "王", "--result", "reached")
    code, made, _ = run("notices", "--json")
    assert (code, made["papers"], "第2行" in made["refused"][0]["reason"]) == (3, [], True)
    assert run("template", "check", "second-notice")[0] == 0


def test_one_that_leaves_out_what_is_needed_is_used_and_said(home: Workspace, run: Any) -> None:
    home.templates.mkdir()
    (home.templates / f"{NAME}.txt").write_text("# 通知\n{{ child }}\n", encoding="utf-8")
    told = run("template", "check", NAME, "--json")[1]
    assert (told["ok"], told["hints"][0]["message"]) == (
        True, "templates/first-notice.txt 里没有写编号、学校名称，确认不需要",
    )  # fmt: skip


def altered(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, source.read(entry).replace(b"</Relationships>", content + b"</Relationships>")
                            if entry == name else source.read(entry))  # fmt: skip
        if name not in source.namelist():
            target.writestr(name, content)
    return out.getvalue()


LINK = b'<Relationship Id="x1" Type="http://x/%s" Target="http://example.invalid/a" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("word/vbaProject.bin", b"x", "宏"),
        ("word/embeddings/oleObject1.bin", b"x", "宏或嵌入"),
        ("word/_rels/document.xml.rels", LINK % b"attachedTemplate", "指向别处"),
        ("word/_rels/document.xml.rels", LINK % b"image", "指向别处"),
    ],
)
def test_a_docx_with_something_alive_in_it_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    paper = PAPER_BY_NAME[NAME]
    data = altered(template_of(paper, template_text(NAME)), name, content)
    (tmp_path / f"{NAME}.docx").write_bytes(data)
    with pytest.raises(WordingFault, match=said):
        wording_of(paper, tmp_path)


def test_a_web_address_in_a_letterhead_is_no_harm(tmp_path: Path) -> None:
    paper = PAPER_BY_NAME[NAME]
    data = altered(template_of(paper, template_text(NAME)), "word/_rels/document.xml.rels", LINK % b"hyperlink")
    (tmp_path / f"{NAME}.docx").write_bytes(data)
    assert wording_of(paper, tmp_path).docx == data
