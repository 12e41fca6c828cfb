"""What a paper is told: a typed context of its own, in which a value may be missing, needed, or never written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from dropctl.documents.filling import says, shown


class PaperContext(BaseModel):
    """The facts of one paper. What is None shows as 〔待填：title〕, unless the field is `needed`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def lacking(self) -> tuple[str, ...]:
        """Return the titles of the needed fields, here and in the parts, that hold nothing."""
        return tuple(dict.fromkeys(_lacking(self)))

    def blanks(self) -> tuple[str, ...]:
        """Return the titles of the fields that will show as 〔待填：…〕."""
        found = (field.title or name for name, field in type(self).model_fields.items() if getattr(self, name) is None)
        return tuple(found)

    def unshowable(self) -> tuple[str, ...]:
        """Return the titles of the fields with a character that cannot stand on paper: private, control, half a one."""
        return tuple(dict.fromkeys(_unshowable(self)))

    def recorded(self) -> dict[str, Any]:
        """Return the values as the ledger keeps them: plain, without full numbers (`unrecorded`)."""
        hidden = {name for name, field in type(self).model_fields.items() if says(field, "unrecorded")}
        return self.model_dump(mode="json", exclude=hidden)

    def as_recorded(self, recorded: Mapping[str, Any]) -> Self:
        """Return the paper as it was issued: recorded values stand, only what was missing then is taken from here."""
        known = {name: value for name, value in recorded.items() if value is not None and name in self.model_dump()}
        return type(self).model_validate(self.model_dump() | known)


def needed(title: str) -> Any:
    """Return a field without which the paper is not made."""
    return Field(title=title, json_schema_extra={"needed": True})


def full_number(title: str) -> Any:
    """Return a field that may hold a full number under `--reveal`: it is printed and never recorded."""
    return Field(default=None, title=title, json_schema_extra={"unrecorded": True})


def is_needed(field: Any) -> bool:
    """Return whether a paper is not made without a value of this field."""
    return says(field, "needed")


def _lacking(part: BaseModel) -> Iterator[str]:
    for title, field, value in _fields(part):
        if value in (None, "", ()) and says(field, "needed"):
            yield title


def _unshowable(part: BaseModel) -> Iterator[str]:
    for title, _, value in _fields(part):
        if isinstance(value, str) and shown(value) != value:
            yield title


def _fields(part: BaseModel) -> Iterator[tuple[str, Any, Any]]:
    """Yield title, field and value of every field, here and in the parts."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        yield field.title or name, field, value
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, BaseModel):
                yield from _fields(inner)
