"""Another county's numbers in place of the packaged ones: what its file may say, and every fault in it by name.

Only numbers (and the plan's own name) are replaced. Clauses, rules and readings stay: a county that reads a clause
differently needs a rule, not a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime
from typing import Any

from dropctl.policy.plan import SET_BY, UNITS

_TOP = {"name": "方案名称", "number": "方案文号", "issued": "印发日期", "parameters": "数字"}
_FIELDS = ("value", "unit", "effective", "set_by", "clause", "label")


def county_faults(base: Mapping[str, Any], document: Mapping[str, Any]) -> list[str]:
    """Return every fault of a county's file as a Chinese sentence that names the key; none when it can be used."""
    return list(_faults(base, document))


def with_county_numbers(base: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plan's document with the county's numbers in it; `document` has no faults."""
    merged = deepcopy(dict(base))
    for key in ("name", "number", "issued"):
        if key in document:
            merged[key] = document[key]
    for key, entry in document.get("parameters", {}).items():
        fields = {name: entry[name] for name in ("value", "effective", "set_by") if name in entry}
        merged["parameters"][key] |= {"set_by": "plan", **fields}
    return merged


def _faults(base: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    for key in document:
        if key not in _TOP:
            yield f"{key}：不认识的项（只能写 {'、'.join(_TOP)}）"
    for key in ("name", "number"):
        if key in document and not (isinstance(document[key], str) and document[key].strip()):
            yield f"{key}：{_TOP[key]}应当是文字"
    parameters = document.get("parameters", {})
    if not isinstance(parameters, Mapping):
        yield "parameters：应当是一组，每个数字一节，如 [parameters.suspect_after]"
        return
    for key, entry in parameters.items():
        known = base["parameters"].get(key)
        if known is None:
            near = "、".join(sorted(name for name in base["parameters"] if name.split("_")[0] == key.split("_")[0]))
            yield f"parameters.{key}：方案里没有这个数字" + (f"，是不是 {near}" if near else "")
        elif not isinstance(entry, Mapping):
            yield f"parameters.{key}：应当是一节，写成 [parameters.{key}]，下一行写 value = {known['value']}"
        else:
            yield from _entry_faults(f"parameters.{key}", known, entry)


def _entry_faults(where: str, known: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[str]:
    for name in entry:
        if name not in _FIELDS:
            yield f"{where}.{name}：不认识的项（只能写 {'、'.join(_FIELDS)}）"
    value = entry.get("value")
    if "value" not in entry:
        yield f"{where}：没有写 value"
    elif not isinstance(value, int) or isinstance(value, bool):
        yield f"{where}.value：应当是整数"
    else:
        least, most = known["range"]
        if not least <= value <= most:
            yield f"{where}.value：{value} 超出了允许的范围（{least} 到 {most}）"
    unit = entry.get("unit", known["unit"])
    if unit != known["unit"]:
        hint = "" if unit in UNITS else "，而且没有这个单位"
        yield f"{where}.unit：单位应当是 {known['unit']}，写的是 {unit}{hint}"
    clause = entry.get("clause", known["clause"])
    if clause != known["clause"]:
        yield f"{where}.clause：这个数字属于 {known['clause']}，写的是 {clause}"
    if entry.get("set_by", "plan") not in SET_BY:
        yield f"{where}.set_by：只能是 plan（方案写明）或 dropctl（本县未规定）"
    effective = entry.get("effective", known["effective"])
    if not isinstance(effective, date) or isinstance(effective, datetime):
        yield f"{where}.effective：应当是日期，写成 2025-09-01 的样子，不加引号"
