"""三.4: how a child who comes back can go on learning. A proposal with its conditions; a person confirms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dropctl.policy.plan import Plan
from dropctl.school_calendar import add_months

CLAUSE = "三.4"
PLACEMENTS: dict[str, str] = {
    "class": "编入相应年级和班级",
    "tutoring": "短期单独辅导后编入相应年级和班级",
    "vocational": "到中职学校就读",
    "home_teaching": "送教上门",
    "remote_teaching": "远程视频送教",
}


@dataclass(frozen=True, slots=True)
class PlacementFacts:
    """What is known of the child on the day of the plan. None: nobody has said.

    `out_since`: the first day absent. `severe`: severely disabled or a like case. `works_away`, `refused_on_site`: the
    family works away, and persuasion on the spot was refused. `wishes_vocational`: the child's own wish.
    """

    on: date
    out_since: date
    born: date | None = None
    registered: bool = True
    severe: bool | None = None
    disabled: bool = False
    works_away: bool | None = None
    refused_on_site: bool | None = None
    wishes_vocational: bool | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way: `lacks` names the conditions that are not met or not known; `suggested` the first that fits."""

    code: str
    label: str
    reason: str
    lacks: tuple[str, ...]
    suggested: bool = False

    @property
    def allowed(self) -> bool:
        """Whether a person may confirm it."""
        return not self.lacks


def out_for_over_the_limit(facts: PlacementFacts, plan: Plan) -> bool:
    """Say whether the child was away for more than the plan's limit; exactly a year is not more than a year."""
    return facts.on > add_months(facts.out_since, plan.value("placement_limit"))


def age_on(born: date, day: date) -> int:
    """Return the years completed on `day`; who is born on 29 February completes one on 1 March in other years."""
    years = day.year - born.year
    return years - ((day.month, day.day) < (born.month, born.day))


def placements(facts: PlacementFacts, plan: Plan) -> list[Proposal]:
    """Return every way the plan knows, the suggested one first; ways that are not open name what is lacking."""
    over = out_for_over_the_limit(facts, plan)
    months = plan.value("placement_limit")
    limit = "一年" if months == 12 else f"{months}个月"
    away = f"{facts.out_since}起离校，到{facts.on}" + (f"超过{limit}" if over else f"在{limit}以内")
    ways = [
        # The plan says that a longer absence *may* be met with tutoring first: the class stays open to the school.
        Proposal("class", PLACEMENTS["class"], f"{away}；方案写的是“可”先辅导，由学校决定" if over else away, ()),
        Proposal("tutoring", PLACEMENTS["tutoring"], away, () if over else (f"离校超过{limit}",)),
        _vocational(facts, away, limit if over else None),
        _home_teaching(facts),
        _remote(facts, plan),
    ]
    first = "home_teaching" if facts.severe else "tutoring" if over else "class"
    ways.sort(key=lambda way: (way.code != first, not way.allowed))
    return [Proposal(way.code, way.label, way.reason, way.lacks, way.code == first and way.allowed) for way in ways]


def _vocational(facts: PlacementFacts, away: str, limit: str | None) -> Proposal:
    lacks = [] if limit is None else [f"离校在{limit}以内（方案只写了这种情况）"]
    if facts.wishes_vocational is not True:
        lacks.append("本人意愿")
    return Proposal("vocational", PLACEMENTS["vocational"], f"{away}，须出于本人意愿", tuple(lacks))


def _home_teaching(facts: PlacementFacts) -> Proposal:
    reason = "重度残疾等不能到校的，由学籍所在学校送教"
    lacks = []
    if facts.severe is not True:
        note = "（名册有残疾标注，是否重度要先确认）" if facts.disabled and facts.severe is None else ""
        lacks.append(f"重度残疾等特殊情况{note}")
    if not facts.registered:
        lacks.append("在学校有学籍")
    return Proposal("home_teaching", PLACEMENTS["home_teaching"], reason, tuple(lacks))


def _remote(facts: PlacementFacts, plan: Plan) -> Proposal:
    """远程视频送教, only with all four conditions: works away, old enough, still registered, refused on the spot."""
    least = plan.value("remote_age")
    lacks = []
    if facts.works_away is not True:
        lacks.append("在外务工")
    if facts.born is None:
        lacks.append(f"年满{least}周岁（出生日期不明）")
    elif age_on(facts.born, facts.on) < least:
        lacks.append(f"年满{least}周岁（现在{age_on(facts.born, facts.on)}周岁）")
    if not facts.registered:
        lacks.append("学籍还在义务教育学校")
    if facts.refused_on_site is not True:
        lacks.append("经实地劝导不愿返回")
    return Proposal("remote_teaching", PLACEMENTS["remote_teaching"], "四个条件缺一不可", tuple(lacks))
