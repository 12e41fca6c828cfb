"""What a person decided about two rows, the fields they saw when they did, and the fingerprint of those fields.

A decision belongs to the fields, not to the file or the row: it holds wherever the same two children stand, and it
stops holding when any of these fields says something else (decision D-41). Rows that say exactly the same (namesakes
on a list without numbers) are told apart by their order only, and only as long as nothing about them changes
(decision D-42). Where decisions are kept is not known here.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dropctl.reconcile.people import Person, Pupil
from dropctl.vocabulary import grade_label

SAME, DIFFERENT, UNSURE = "same", "different", "unsure"
# The word a registrar reads and writes → the answer.
ANSWERS = {"是": SAME, "否": DIFFERENT, "待查": UNSURE}
ANSWER_LABELS = {answer: word for word, answer in ANSWERS.items()}

# The fields a decision rests on, in the order in which `Seen` holds them, and their labels.
FIELDS: dict[str, str] = {
    "name": "姓名",
    "id_number": "证件号",
    "enrollment_number": "学籍号",
    "sex": "性别",
    "birth_date": "出生日期",
    "school": "学校",
    "grade": "年级",
    "class_name": "班级",
    "guardian": "监护人",
}
Seen = tuple[str | None, ...]  # one value per field of FIELDS; None: not stated
Registers = tuple[str, str]  # left, right
PairKey = tuple[Registers, Seen, int, Seen, int]

_NUMBERS = ("id_number", "enrollment_number")  # never written out in a reason
_CHECK = re.compile(r"([0-9a-f]{16})-([0-9a-f]{4})-((?:[0-9a-f]{4})+)")


def _values(row: Person) -> Seen:
    born = row.known_birth
    return (
        row.name,
        row.id_number or row.id_text or row.id_prefix,
        row.enrollment_number,
        row.known_sex,
        born.isoformat() if born else None,
        row.school,
        row.grade,
        row.class_name,
        row.guardian,
    )


def seen(pupil: Pupil) -> Seen:
    """Return what a child's rows state, field by field; rows that differ are joined by ` / `, in no row's order."""
    if len(pupil.rows) == 1:
        return _values(pupil.lead)
    columns = zip(*(_values(row) for row in pupil.rows), strict=True)
    stated = (sorted({value for value in column if value}) for column in columns)
    return tuple(" / ".join(values) or None for values in stated)


@dataclass(frozen=True, slots=True)
class Identity:
    """A child as a decision knows it: what its rows state, and which one it is where several state just the same.

    `place`: 0 for a child that is told apart by its fields, else 1, 2 … in the order of the rows. `twins`: one digest
    for each of those children of everything else their rows say; empty for `place` 0.
    """

    values: Seen
    place: int = 0
    twins: tuple[str, ...] = ()


def identities(pupils: Sequence[Pupil]) -> dict[int, Identity]:
    """Return `id(pupil)` → identity for children of one register; all who state the same must be among them."""
    groups: dict[Seen, list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        groups[seen(pupil)].append(pupil)
    found = {}
    for values, group in groups.items():
        if len(group) == 1:
            found[id(group[0])] = Identity(values)
            continue
        group.sort(key=lambda pupil: repr(pupil.lead.place[:3]) + f"{pupil.lead.row:09d}")
        twins = tuple(_digest(12, repr([row.facts.stated() for row in pupil.rows])) for pupil in group)
        found.update((id(pupil), Identity(values, place, twins)) for place, pupil in enumerate(group, start=1))
    return found


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of a person: `by` gave it on the day `on` about the fields in `left` and `right`.

    `recorded_as_of` is the day of the command that recorded it: an earlier day does not know it (CONTRACT §6).
    """

    registers: Registers
    left: Identity
    right: Identity
    answer: str
    by: str
    on: date
    remark: str | None
    recorded_as_of: date

    @property
    def key(self) -> PairKey:
        """What the decision is about: the two registers and the fields seen on both sides."""
        return key_of(self.registers, self.left, self.right)

    @property
    def said(self) -> tuple[object, ...]:
        """Answer, person, day, remark and what was seen: two decisions that say the same are one."""
        return (self.answer, self.by, self.on, self.remark, self.left, self.right)

    @property
    def sentence(self) -> str:
        """Who decided what and when, in words: `王老师 2025-09-05 判断“否”（家长来过电话）`."""
        remark = f"（{self.remark}）" if self.remark else ""
        return f"{self.by} {self.on} 判断“{ANSWER_LABELS[self.answer]}”{remark}"

    def to_json(self) -> dict[str, Any]:
        """Return the decision as one JSON object."""
        sides = {
            side: {
                "register": register,
                "fields": dict(zip(FIELDS, child.values, strict=True)),
                "place": child.place,
                "twins": list(child.twins),
            }
            for side, register, child in zip(("left", "right"), self.registers, (self.left, self.right), strict=True)
        }
        return {
            "schema": 1, "answer": self.answer, "by": self.by, "on": self.on.isoformat(), "remark": self.remark,
            "recorded_as_of": self.recorded_as_of.isoformat(), **sides,
        }  # fmt: skip

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Decision:
        """Return the decision in a JSON object; KeyError, TypeError or ValueError when it is none."""
        registers, children = [], []
        for side in ("left", "right"):
            registers.append(str(document[side]["register"]))
            fields = document[side]["fields"]
            values = tuple(None if (value := fields[name]) is None else str(value) for name in FIELDS)
            twins = tuple(str(digest) for digest in document[side]["twins"])
            children.append(Identity(values, int(document[side]["place"]), twins))
            if not 0 <= children[-1].place <= len(twins):
                raise ValueError("no such place")
        if document["answer"] not in ANSWER_LABELS:
            raise ValueError("no such answer")
        return cls(
            (registers[0], registers[1]), children[0], children[1], document["answer"], str(document["by"]),
            date.fromisoformat(document["on"]), document["remark"], date.fromisoformat(document["recorded_as_of"]),
        )  # fmt: skip


def standing(decisions: Iterable[Decision], as_of: date) -> dict[PairKey, Decision]:
    """Return the decision that stands for each pair of fields on the day `as_of`: the last one recorded by then."""
    return {line.key: line for line in decisions if line.recorded_as_of <= as_of}


def changes(before: Seen, after: Seen, side: str) -> list[str]:
    """Return in words which fields of one side say something else now; numbers are not written out."""
    told = []
    for (field, label), old, new in zip(FIELDS.items(), before, after, strict=True):
        if old == new:
            continue
        if field in _NUMBERS:
            told.append(f"{side}的{label}变了")
        else:
            one, two = (grade_label(value) if field == "grade" else value for value in (old, new))
            told.append(f"{side}的{label}由{f'“{one}”' if one else '空白'}变为{f'“{two}”' if two else '空白'}")
    return told


def key_of(registers: Registers, left: Identity, right: Identity) -> PairKey:
    """Return what a decision about two children is about."""
    return (registers, left.values, left.place, right.values, right.place)


_CHECKED = (*FIELDS.values(), "同样内容的几行")


@dataclass(frozen=True, slots=True)
class Check:
    """The check text of a workbook line, taken apart: the pair as a whole, the pair's id, and each field."""

    digest: str
    tag: str
    fields: str

    def changed_fields(self, now: Check) -> list[str]:
        """Return which fields, with 甲 or 乙 before them, no longer say what they said."""
        names = [f"{side}的{label}" for side in "甲乙" for label in _CHECKED]
        if len(self.fields) != len(now.fields) or len(self.fields) != 4 * len(names):
            return []
        pieces = range(0, len(self.fields), 4)
        return [
            name for name, at in zip(names, pieces, strict=True) if self.fields[at : at + 4] != now.fields[at : at + 4]
        ]


def check_of(link_id: str, registers: Registers, left: Identity, right: Identity) -> Check:
    """Return the check of a pair. It is written only where the full numbers stand beside it (CONTRACT §9)."""
    parts = [
        (register, name, value)
        for register, child in zip(registers, (left, right), strict=True)
        for name, value in zip(_CHECKED, (*child.values, repr((child.place, child.twins))), strict=True)
    ]
    return Check(_digest(16, *parts), tag_of(link_id), "".join(_digest(4, part) for part in parts))


def tag_of(link_id: str) -> str:
    """Return the four characters that tie a check text to the id of its line."""
    return _digest(4, link_id)


def check_text(check: Check) -> str:
    """Return a check as it stands in a cell."""
    return f"{check.digest}-{check.tag}-{check.fields}"


def parse_check(text: str) -> Check | None:
    """Return the check in a cell, None when it is not one."""
    found = _CHECK.fullmatch(text.strip())
    return Check(*found.groups()) if found else None


def _digest(length: int, *parts: object) -> str:
    return hashlib.sha256(repr(parts).encode(errors="surrogatepass")).hexdigest()[:length]


def of_registers(decisions: Mapping[PairKey, Decision], registers: Registers) -> Sequence[Decision]:
    """Return the standing decisions about one pair of registers, in an order that is always the same."""
    mine = (line for line in decisions.values() if line.registers == registers)
    return sorted(mine, key=lambda line: (line.on, repr(line.key)))
