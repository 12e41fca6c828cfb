"""Names as they are compared and printed, and the phones somebody could dial."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropctl.identity import (
    has_unreadable_characters,
    is_usable_phone,
    name_and_note,
    name_changes,
    names_agree_with_wildcards,
    normalise_name,
    parse_phones,
)


@pytest.mark.parametrize(
    ("text", "name", "changes"),
    [
        ("张三", "张三", ()),
        ("张 三", "张三", ("spaces",)),
        ("张\u3000三\xa0", "张三", ("spaces",)),
        ("张\u200b三\t", "张三", ("spaces",)),
        *[(f"买买提{dot}艾力", "买买提·艾力", ("separator",)) for dot in "•‧・.。"],
        ("买买提．艾力", "买买提·艾力", ("width", "separator")),
        ("买买提 • 艾力", "买买提·艾力", ("spaces", "separator")),
        ("阿依·古丽·艾力", "阿依·古丽·艾力", ()),
        (" Anna   Lee", "ANNA LEE", ("spaces", "case")),
        ("ＡＮＮＡ", "ANNA", ("width",)),
        ("王 yan", "王YAN", ("spaces", "case")),
        ("⽅圆", "方圆", ("width",)),
        ("呂於晓", "呂於晓", ()),
        ("\uf9d1", "\uf9d1", ()),
        ("J. Smith", "J. SMITH", ("case",)),
        ("", "", ()),
    ],
)
def test_names(text, name, changes):
    assert normalise_name(text) == name
    assert name_changes(text) == changes


@pytest.mark.parametrize(
    ("text", "name", "note"),
    [
        ("王芳（大）", "王芳", "(大)"),
        ("王芳 ( 转 入 ) 【女】", "王芳", "(转入)【女】"),
        ("（借读）王芳", "王芳", "(借读)"),
        ("买买提·艾力（小）", "买买提·艾力", "(小)"),
        ("王芳", "王芳", None),
        ("王（大）", "王(大)", None),
        ("王（芳）红", "王(芳)红", None),
        ("张（上龙下天）", "张(上龙下天)", None),
        ("（大）", "(大)", None),
        ("王芳（", "王芳(", None),
    ],
)
def test_a_note_beside_a_name_is_told_from_the_name(text, name, note):
    assert name_and_note(normalise_name(text)) == (name, note)


@given(st.text(st.sampled_from("张三䶮·•.。 \u3000\u200b?aB○(（上）Ａ．\ue001⽅"), max_size=8) | st.text(max_size=8))
def test_normalising_twice_changes_nothing(text):
    once = normalise_name(text)
    assert normalise_name(once) == once
    assert (name_changes(text) == ()) == (once == text)


@pytest.mark.parametrize(
    "name", ["王?", "王？明", "王*", "王□明", "王\ufffd", "王\ue863", "王YAN", "张（上龙下天）", "王⿱龙天"]
)
def test_unreadable_characters(name):
    assert has_unreadable_characters(name)
    assert names_agree_with_wildcards(name, "王䶮" if name[0] == "王" and "明" not in name else name)


@pytest.mark.parametrize("name", ["王䶮", "买买提·艾力", "ANNA LEE", "王明（小）", "〇一"])
def test_readable_names(name):
    assert not has_unreadable_characters(name)


def test_wildcards():
    assert names_agree_with_wildcards("张（上龙下天）明", "张䶮明")
    assert names_agree_with_wildcards("王Yan", "王䶮")
    assert names_agree_with_wildcards("买买提?艾力", "买买提·艾力")
    assert names_agree_with_wildcards("王?", "?明") is False  # nothing readable agrees
    assert not names_agree_with_wildcards("王?", "王小明")
    assert not names_agree_with_wildcards("王?", "李䶮")
    assert not names_agree_with_wildcards("??", "张三")
    assert not names_agree_with_wildcards("", "")


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("19900001234", ("19900001234",)),
        (19900001234, ("19900001234",)),
        (19900001234.0, ("19900001234",)),
        ("19900001234.0", ("19900001234",)),
        ("199 0000 1234", ("19900001234",)),
        ("199-0000-1234", ("19900001234",)),
        ("1990000 1234", ("19900001234",)),
        ("+86 19900001234", ("19900001234",)),
        ("8619900001234", ("19900001234",)),
        ("１９９００００１２３４", ("19900001234",)),
        ("19900001234、19900005678", ("19900001234", "19900005678")),
        ("19900001234/19900005678；0559-5551234", ("19900001234", "19900005678", "0559-5551234")),
        ("19900001234 19900005678", ("19900001234", "19900005678")),
        ("19900001234，19900001234", ("19900001234",)),
        ("父19900001234 母19900005678", ("19900001234", "19900005678")),
        ("05595551234", ("0559-5551234",)),
        ("(0559) 5551234", ("0559-5551234",)),
        ("010-65551234", ("010-65551234",)),
        ("5551234", ("5551234",)),
        ("1990000123", ()),
        ("199000012345", ()),
        ("199****1234", ()),
        ("12345678901", ()),
        ("88888888", ()),
        ("349901201209011230", ()),
        ("无", ()),
        ("", ()),
        (None, ()),
        (1.99e10 + 0.5, ()),
        (date(2025, 9, 1), ()),
    ],
)
def test_phones(cell, phones):
    assert parse_phones(cell) == phones
    if isinstance(cell, str):
        assert is_usable_phone(cell) == bool(phones)
