"""`dropctl.toml`: made, read strictly, extended; every fault is a sentence that names file and key, not the value."""

from __future__ import annotations

import stat
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropctl.errors import CannotWrite, Refused
from dropctl.school_calendar import describe_day
from dropctl.workspace import add_term, config_text, create_workspace, find_workspace, term_name

OPENING, CLOSING = date(2025, 9, 1), date(2026, 1, 30)
PERSON = "349901201309010017"  # stands where a number has no business; must never come back


def made(root: Path) -> Path:
    create_workspace(root, role="school", name="石桥学校", code="3499000001", opening=OPENING, closing=CLOSING)
    return root


def refused(root: Path, text: str) -> str:
    root.mkdir(exist_ok=True)
    (root / "dropctl.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refusal:
        find_workspace(root)
    said = refusal.value.sentence
    assert "dropctl.toml" in said
    assert PERSON not in said
    return said


def test_a_new_workspace_is_private_and_says_what_it_was_told(tmp_path: Path) -> None:
    home = create_workspace(tmp_path / "a", role="county", name=" 岚溪县 ", code="x", opening=OPENING, closing=CLOSING)
    assert (home.school_name, home.config.school.role) == ("岚溪县", "county")
    assert home.inbox.is_dir()
    assert home.out.is_dir()
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o700
    assert stat.S_IMODE((home.root / "dropctl.toml").stat().st_mode) == 0o600
    assert [(term.name, term.opening, term.closing) for term in home.terms] == [
        ("2025-2026学年第一学期", OPENING, CLOSING)
    ]


def test_an_existing_workspace_is_left_alone(tmp_path: Path) -> None:
    before = (made(tmp_path / "a") / "dropctl.toml").read_bytes()
    with pytest.raises(Refused, match="已经是一个工作区"):
        create_workspace(tmp_path / "a", role="school", name="别的", code="1", opening=OPENING, closing=CLOSING)
    assert (tmp_path / "a" / "dropctl.toml").read_bytes() == before


def test_a_folder_that_is_a_file_cannot_be_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("", encoding="utf-8")
    with pytest.raises(CannotWrite):
        made(tmp_path / "a")


@given(name=st.text(min_size=1, max_size=30), code=st.text(max_size=12))
def test_any_name_survives_the_settings_file_or_is_refused(name: str, code: str) -> None:
    try:
        text = config_text(role="school", name=name, code=code, opening=OPENING, closing=CLOSING)
    except Refused:
        assert not name.strip()
        return
    assert tomllib.loads(text)["school"]["name"] == name.strip()
    assert tomllib.loads(text)["school"]["code"] == code.strip()


def test_the_nearest_folder_upwards_is_the_workspace(tmp_path: Path) -> None:
    made(tmp_path / "a")
    inner = made(tmp_path / "a" / "b")
    (inner / "inbox" / "c").mkdir()
    assert (home := find_workspace(inner / "inbox" / "c")) is not None
    assert home.root == inner.resolve()
    assert find_workspace(tmp_path) is None
    given_one = find_workspace(inner, tmp_path / "a")
    assert given_one is not None
    assert given_one.root == (tmp_path / "a").resolve()


def test_a_given_folder_without_settings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="不是工作区"):
        find_workspace(tmp_path, tmp_path)


SCHOOL = '[school]\nrole = "school"\nname = "甲"\n'
TERM = '[[terms]]\nname = "一"\nopening = 2025-09-01\nclosing = 2026-01-30\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f'{SCHOOL}telephone = "{PERSON}"\n', ("school telephone", "不是认识的项")),
        (f'{SCHOOL}[scool]\nx = "{PERSON}"\n', ("scool", "不是认识的项")),
        ('[school]\nrole = "school"\n', ("school name", "没有写")),
        ('[school]\nrole = "school"\nname = " "\n', ("school name", "不能为空")),
        ("", ("school", "没有写")),
        (f'[school]\nrole = "{PERSON}"\nname = "甲"\n', ("school role", '"school" 或 "county"')),
        (f"{SCHOOL}code = [1]\n", ("school code", "应当是文字")),
        (f'{SCHOOL}short_names = "{PERSON}"\n', ("school short_names", "方括号")),
        (f"{SCHOOL}{TERM.replace('2025-09-01', repr(PERSON))}", ("terms 第1项 opening", "不是日期")),
        (f"{SCHOOL}{TERM.replace('2025-09-01', '20250901')}", ("terms 第1项 opening", "不是日期")),
        (f'{SCHOOL}[[terms]]\nname = "一"\nopening = 2026-01-30\nclosing = 2025-09-01\n', ("terms 第1项", "不早于")),
        (f"{SCHOOL}{TERM}{TERM.replace('一', '二')}", ("“一”和“二”", "重叠")),
        (f"{SCHOOL}{TERM}{TERM.replace('2025', '2024').replace('2026', '2025')}", ("都叫“一”",)),
        (f'{SCHOOL}[[closures]]\nfirst = 2025-11-14\nlast = 2025-11-13\nreason = "会"\n', ("closures 第1项", "早于")),
        (f"{SCHOOL}[school\n", ("第4行", "写法有误")),
        (f"{SCHOOL}[people]\n校长 = '某'\n", ("第5行", "加了引号")),
        ("\n".join(f'{key} = "1"' for key in "abcde"), ("另有3处",)),
    ],
)  # fmt: skip
def test_every_fault_of_the_settings_names_its_key(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    said = refused(tmp_path / "a", text)
    for word in words:
        assert word in said


def test_settings_in_another_encoding_are_refused_with_advice(tmp_path: Path) -> None:
    (tmp_path / "dropctl.toml").write_bytes(SCHOOL.encode("gb18030"))
    with pytest.raises(Refused, match="UTF-8"):
        find_workspace(tmp_path)


def test_a_mark_at_the_beginning_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "dropctl.toml").write_bytes(b"\xef\xbb\xbf" + SCHOOL.encode().replace(b"\n", b"\r\n"))
    assert (home := find_workspace(tmp_path)) is not None
    assert home.school_name == "甲"


def test_terms_closures_and_override_files_make_the_calendar(tmp_path: Path) -> None:
    root = made(tmp_path / "a")
    with (root / "dropctl.toml").open("a", encoding="utf-8") as file:
        file.write('[[closures]]\nfirst = 2025-11-13\nlast = 2025-11-14\nreason = "运动会"\n')
    (root / "calendar").mkdir()
    (root / "calendar" / "2025.toml").write_text("work = [2025-11-15]\n", encoding="utf-8")
    home = find_workspace(root)
    assert home is not None
    calendar = home.calendar()
    assert describe_day(calendar, date(2025, 11, 13)) == "本校停课：运动会"
    assert calendar.is_school_day(date(2025, 11, 15))  # a Saturday made a working day by the override


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("明年.toml", "off = []\n", "名字不是年份"),
        ("2027.toml", "off = [2027-01-01\n", "写法有误"),
        ("2027.toml", "holidays = []\n", "不认识的项"),
    ],
)
def test_a_wrong_override_file_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    root = made(tmp_path / "a")
    (root / "calendar").mkdir()
    (root / "calendar" / name).write_text(text, encoding="utf-8")
    home = find_workspace(root)
    assert home is not None
    with pytest.raises(Refused, match=words) as refusal:
        home.calendar()
    assert name in refusal.value.sentence


def test_a_vacation_belongs_to_the_term_before_it(tmp_path: Path) -> None:
    home = find_workspace(made(tmp_path / "a"))
    assert home is not None
    assert home.term_at(date(2025, 8, 31)) is None
    for day in (OPENING, CLOSING, date(2026, 2, 10)):
        assert (term := home.term_at(day)) is not None
        assert term.opening == OPENING


def test_a_term_is_added_and_every_remark_stays(tmp_path: Path) -> None:
    root = made(tmp_path / "a")
    path = root / "dropctl.toml"
    text = path.read_text(encoding="utf-8") + '\n[people]\n"校长" = "某人"  # 今年新任\n'
    path.write_bytes(text.replace("\n", "\r\n").encode())
    home = find_workspace(root)
    assert home is not None
    add_term(home, "下学期", date(2026, 3, 2), date(2026, 7, 3))
    after = path.read_bytes().decode()
    assert [line for line in text.splitlines() if line not in after.splitlines()] == []
    assert after.count("\n") == after.count("\r\n")
    assert (again := find_workspace(root)) is not None
    assert [term.name for term in again.terms] == ["2025-2026学年第一学期", "下学期"]
    assert again.config.people == {"校长": "某人"}


def test_the_first_term_can_be_added_to_settings_without_terms(tmp_path: Path) -> None:
    (tmp_path / "dropctl.toml").write_text(SCHOOL, encoding="utf-8")
    home = find_workspace(tmp_path)
    assert home is not None
    add_term(home, "一", OPENING, CLOSING)
    assert (again := find_workspace(tmp_path)) is not None
    assert again.term_at(OPENING) is not None


def test_an_overlapping_term_changes_nothing(tmp_path: Path) -> None:
    root = made(tmp_path / "a")
    before = (root / "dropctl.toml").read_bytes()
    home = find_workspace(root)
    assert home is not None
    with pytest.raises(Refused, match="重叠"):
        add_term(home, "二", CLOSING, date(2026, 7, 3))
    assert (root / "dropctl.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("opening", "name"),
    [
        (date(2025, 9, 1), "2025-2026学年第一学期"),
        (date(2025, 8, 30), "2025-2026学年第一学期"),
        (date(2026, 3, 2), "2025-2026学年第二学期"),
        (date(2026, 2, 16), "2025-2026学年第二学期"),
    ],
)
def test_a_term_is_named_as_schools_name_it(opening: date, name: str) -> None:
    assert term_name(opening) == name
