"""三.3: who verifies and persuades first, and which office passes the case on to which, on what paper.

Pure functions over what is known of a child; what is not known is asked for by name and never assumed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CLAUSE = "三.3"
LADDER = "三.5"
# Where a child went, once that is verified.
WHEREABOUTS: dict[str, str] = {
    "unknown": "去向不明",
    "same_county": "在本县",
    "same_city": "市内其他区县",
    "same_province": "省内其他市",
    "other_province": "省外",
}
STAGES = {"primary": "小学", "junior": "初中"}


@dataclass(frozen=True, slots=True)
class District:
    """One line of the districts register: the school of a village for a stage (小学, 初中); None: for both."""

    village: str
    stage: str | None
    school: str


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """What is known. `registered_at`: the school that holds the registration, None for a child without one.

    `unwilling`: whether a family outside the province refuses to come back; None while nobody has asked.
    """

    registered_at: str | None
    village: str | None = None
    stage: str | None = None
    whereabouts: str = "unknown"
    place: str | None = None
    unwilling: bool | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who does what, by which paper (None: no paper), under which clause."""

    who: str
    what: str
    paper: str | None
    clause: str


@dataclass(frozen=True, slots=True)
class Route:
    """The route of a case: `first` answers for it first, `basis` says why; `missing` is what would settle more."""

    first: str | None
    basis: str
    steps: tuple[Step, ...]
    missing: tuple[str, ...]


def stage_of(grade: str | None) -> str | None:
    """Return 小学 or 初中 for a grade 1 to 9, None for anything else."""
    if grade is None or not grade.isdigit() or not 1 <= int(grade) <= 9:
        return None
    return STAGES["primary"] if int(grade) <= 6 else STAGES["junior"]


def school_of_village(village: str | None, stage: str | None, districts: Iterable[District]) -> tuple[str, ...]:
    """Return the schools the districts register gives a village and stage; several when it contradicts itself."""
    if village is None:
        return ()
    wanted = _plain(village)
    found = [
        line.school
        for line in districts
        if _plain(line.village) == wanted and (line.stage is None or stage is None or line.stage == stage)
    ]
    return tuple(dict.fromkeys(found))


def _plain(village: str) -> str:
    """Return a village's name without what lists write behind it, so that 石桥村 and 石桥村委会 are one."""
    text = village.strip().replace(" ", "")
    for ending in ("村民委员会", "居民委员会", "村委会", "居委会", "社区", "行政村", "村"):
        if text.endswith(ending) and len(text) > len(ending):
            return text.removesuffix(ending)
    return text


def route(facts: RouteFacts, districts: Iterable[District] = ()) -> Route:
    """Return who acts first and what follows from where the child went (三.3, 三.5)."""
    missing: list[str] = []
    known = tuple(districts)
    # A school registration decides before the household does, wherever the family lives.
    if facts.registered_at is not None:
        first: str | None = facts.registered_at
        basis = "有学籍中途离校的，首先由学籍所在地学校核实劝返"
    else:
        first = _household_school(facts, known, missing)
        basis = "没有学籍的失学儿童，首先由户籍所在地学校核实劝返"
    school = first or _HOUSEHOLD
    start = Step(school, "核实去向，联系学生和监护人，劝其返校", None, CLAUSE)
    onward = _outside(facts, known, missing) if facts.whereabouts == "other_province" else _onward(facts, school)
    if facts.whereabouts == "unknown":
        missing.append("核实后的去向（本县、市内其他区县、省内其他市、省外）")
    return Route(first, basis, (start, *onward), tuple(dict.fromkeys(missing)))


_HOUSEHOLD = "户籍所在地学校（待定）"


def _household_school(facts: RouteFacts, districts: tuple[District, ...], missing: list[str]) -> str | None:
    """Return the school of the child's village; None, saying what is missing, where it cannot be told."""
    if facts.village is None:
        missing.append("户籍所在的村（社区）")
        return None
    schools = school_of_village(facts.village, facts.stage, districts)
    if len(schools) == 1:
        return schools[0]
    if not schools:
        missing.append(f"学区划分表中{facts.village}对应的学校")
    elif facts.stage is None:
        missing.append(f"学段（小学或初中）：{facts.village}对应{'、'.join(schools)}")
    else:
        missing.append(f"学区划分表中{facts.village}对应的学校有几个：{'、'.join(schools)}，要先确定")
    return None


def _place(facts: RouteFacts) -> str:
    return f"（{facts.place}）" if facts.place else ""


def _onward(facts: RouteFacts, school: str) -> list[Step]:
    place = _place(facts)
    if facts.whereabouts == "same_city":
        return [
            Step(school, f"向县教育局报告核实到的去向{place}", "劝返情况书面报告", CLAUSE),
            Step("县教育局", "汇总上报市教育局", "流动学生台账", CLAUSE),
            Step("市教育局", f"统一将台账划转到流入地{place}核实劝返", "台账划转", CLAUSE),
        ]
    if facts.whereabouts == "same_province":
        return [
            Step(school, f"向县教育局报告核实到的去向{place}", "劝返情况书面报告", CLAUSE),
            Step("县教育局", "报市教育局汇总", "流动学生台账", CLAUSE),
            Step("市教育局", "汇总后上报省教育厅", "流动学生台账", CLAUSE),
            Step("省教育厅", f"统一将台账划转到流入地市教育行政部门{place}核实劝返", "台账划转", CLAUSE),
        ]
    return [
        Step(school, "劝返无效的，发放劝返通知书", "劝返通知书", LADDER),
        Step(school, "拒不复学或联系不上的，书面报告县教育局", "劝返情况书面报告", LADDER),
        Step("县教育局", "通报所在乡镇人民政府，同时书面报告县级人民政府", "通报和书面报告", LADDER),
        Step("乡镇或县级人民政府", "安排人员联系劝返，直至复学", None, LADDER),
    ]


def _outside(facts: RouteFacts, districts: tuple[District, ...], missing: list[str]) -> list[Step]:
    """省外: the school of the household, also for a registered child; a letter goes out for a family that refuses."""
    school = _household_school(facts, districts, missing) or _HOUSEHOLD
    place = _place(facts)
    if not facts.place:
        missing.append("省外的具体去向（省、市、县和就读或务工的地方）")
    if facts.unwilling is None:
        missing.append("是否愿意回来就学")
    steps = [Step(school, f"确认具体去向和情况{place}，劝其返回就学", "劝返记录", CLAUSE)]
    if facts.unwilling is not False:
        ahead = "不愿返回的，" if facts.unwilling is None else ""
        steps += [
            Step(school, f"{ahead}报县教育局", "劝返情况书面报告", CLAUSE),
            Step("县教育局", "报市教育局汇总", "流动学生台账", CLAUSE),
            Step("市教育局", f"去函流入地市教育行政部门{place}协商核查并安排就学", "协查函", CLAUSE),
        ]
    return steps
