"""Fills the values of a typed context into a wording, in a sandbox; a missing value shows itself.

A wording may come from a stranger: it can reach nothing but the values of its own context. A value is never read as
wording: each is set aside while the text is taken apart and put back into its place afterwards.
"""

from __future__ import annotations

import re
import traceback
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

from dropctl.documents.wording import Block, Chart, Line, WordingFault, blocks, source_lines
from dropctl.errors import without_full_numbers

_OPEN, _CLOSE = "\ue000", "\ue001"
_SET_ASIDE = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_KEPT_CONTROLS = "\n"


class Missing(str):
    """What stands on the paper where a value is not known: 〔待填：…〕. False in a condition of the wording."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


def shown(value: object) -> str:
    """Return a value as it stands on paper: dates as 2025年9月3日, no invisible characters."""
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    text = "" if value is None else str(value)
    return text if text.isprintable() else "".join(char if _visible(char) else "\ufffd" for char in text)


def _visible(char: str) -> bool:
    kind = unicodedata.category(char)
    # Hanzi of later Unicode versions than this Python knows are no less hanzi.
    newer = kind == "Cn" and "\U00020000" <= char < "\U0003fff0"
    return newer or char in _KEPT_CONTROLS or kind not in ("Cc", "Cf", "Cs", "Co", "Cn")


def says(field: Any, word: str) -> bool:
    """Return whether a field of a context is marked with a word: needed, unrecorded."""
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get(word))


def values_of(context: BaseModel) -> dict[str, Any]:
    """Return the values of a context by name; what is None becomes 〔待填：label〕 with the field's title.

    Full numbers stand only in the fields that are for them (CONTRACT §9): what people typed into a note may hold one.
    """
    return _values(context, whole=False)


def _values(context: BaseModel, *, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in type(context).model_fields.items():
        value = getattr(context, name)
        missing = Missing(f"〔待填：{field.title or name}〕")
        # What is filled under `--reveal` only is never recorded.
        found[name] = missing if value is None else _value(value, whole=whole or says(field, "unrecorded"))
    return found


def _value(value: object, *, whole: bool) -> object:
    if isinstance(value, BaseModel):
        return _values(value, whole=whole)
    if isinstance(value, list | tuple):
        return [_value(entry, whole=whole) for entry in value]
    return without_full_numbers(value) if isinstance(value, str) and not whole else value


def sandbox(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    """Return the environment wordings are rendered in: no attribute that leads out, no unknown name.

    A line stays a line, whatever it ends with: jinja's `trim_blocks` would glue the next one to `{% endif %}`.
    """
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=autoescape)


def fields_used(text: str) -> set[str]:
    """Return the names a wording asks for at its top level."""

    return meta.find_undeclared_variables(sandbox(autoescape=False).parse(text))


class Form:
    """A wording taken apart once and filled as often as there are papers."""

    def __init__(self, text: str, name: str) -> None:
        """Raise WordingFault, with file and line, for a wording that is not one."""
        self._name = name
        self._aside: list[str] = []
        environment = sandbox(autoescape=False)
        environment.finalize = self._set_aside
        with said_plainly(name):
            self._template = environment.from_string(text)

    def _set_aside(self, value: object) -> str:
        self._aside.append(shown(value))
        return f"{_OPEN}{len(self._aside) - 1}{_CLOSE}"

    def blocks(self, values: Mapping[str, Any]) -> list[Block]:
        """Return the blocks with their values in place; WordingFault, with file and line, when it cannot be."""
        self._aside = []
        with said_plainly(self._name):
            rendered = self._template.render(values)
        made = [_put_back(block, self._aside) for block in blocks(list(source_lines(rendered, self._name)), self._name)]
        for block in made:
            if isinstance(block, Chart) and not all(cell.isdigit() for row in block.rows[1:] for cell in row[1:]):
                said = f"图“{block.title}”里有不是整数的格子"
                raise WordingFault(said, where=self._name, todo="除第一栏外，图的每一格都要是整数")
        return made


def filled(text: str, values: Mapping[str, Any], name: str) -> list[Block]:
    """Return the blocks of one paper; WordingFault, with file and line, when it cannot be made."""

    return Form(text, name).blocks(values)


@contextmanager
def said_plainly(name: str) -> Iterator[None]:
    """Turn what Jinja says about a wording into a WordingFault that names its file and line."""
    try:
        yield
    except TemplateSyntaxError as error:
        place = f"{name} 第{error.lineno}行"
        raise WordingFault("花括号里的写法有误", where=place, todo="对照原来的文件改正") from error
    except SecurityError as error:
        todo = "只写 {{ 名称 }} 这样的取值"
        raise WordingFault("用了不允许的写法，没有采用", where=_line_of(error, name), todo=todo) from error
    except UndefinedError as error:
        said = f"用了这份文书没有的名称（{_named(error)}）"
        raise WordingFault(said, where=_line_of(error, name), todo="对照原来的文件改正") from error
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        where = _line_of(error, name)
        raise WordingFault("文书模板填不进内容", where=where, todo="对照原来的文件改正") from error


def _line_of(error: Exception, name: str) -> str:
    """Return the wording's name with the line at which it stopped: Jinja writes it into the traceback."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return f"{name} 第{lines[-1]}行" if lines else name


def _named(error: Exception) -> str:
    found = re.search(r"'([^']+)' (?:is undefined|has no attribute)|attribute '([^']+)'", str(error))
    return next((group for group in (found.groups() if found else ()) if group), "名称不详")


def _put_back(block: Block, aside: list[str]) -> Block:
    def text(marked: str) -> str:
        return _SET_ASIDE.sub(lambda found: aside[int(found[1])], marked)

    if isinstance(block, Line):
        return Line(block.kind, text(block.text))
    if isinstance(block, Chart):
        return Chart(block.key, text(block.title), tuple(tuple(map(text, row)) for row in block.rows))
    return replace(block, rows=tuple(tuple(map(text, row)) for row in block.rows))
