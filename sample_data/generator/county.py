"""The whole invented county: three schools, and the lists the county's offices sent to all of them.

The nine-year school is made first and as if it were alone, so that its folder is the same with and without the rest.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

from . import people
from .building import as_truth, build_school
from .county_lists import CountyLists
from .county_papers import write_papers as write_other_papers
from .county_plants import build_other, move_up
from .expected import TOGETHER, Expected, ExpectedFinding, expect, findings_of
from .papers import Place, Placed, save, save_csv, write_papers
from .planting import School
from .sheets import Sheet
from .truth import AS_OF, CHENGGUAN, COUNTY, HEKOU, OPENING, SHIQIAO, SITES, Event, Member, Pupil, Truth

OTHER_PUPILS = 300
OFFICE = "县级名单"
HOUSEHOLD_FILE = f"{OFFICE}/户籍适龄儿童名单.xlsx"
POVERTY_FILE = f"{OFFICE}/脱贫户监测对象（全县）.xlsx"
DISABILITY_FILE = f"{OFFICE}/持证残疾人（全县）.csv"
SCHOOLS_FILE = f"{OFFICE}/学校名单.xlsx"
_TODDLERS = (date(2020, 1, 1), date(2025, 5, 31))
_COHORTS = (date(2011, 1, 1), date(2018, 12, 31))
_OVER_AGE = (date(2008, 10, 1), date(2009, 8, 31))
_FINISHED = (date(2009, 1, 1), date(2010, 8, 31))
_GROWN = (date(1968, 1, 1), date(1990, 12, 31))


@dataclass(frozen=True, slots=True)
class Child:
    """One line of the household list."""

    member: Member
    head: str
    village: str
    change: str = ""
    school: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class County:
    """Three schools, the household list's lines by police station, and what was planted on it."""

    seed: int
    truths: tuple[Truth, ...]
    stations: dict[str, list[Child]]
    events: tuple[Event, ...]
    outsiders: dict[int, Member]


def build_county(seed: int, pupils: int = 600, others: int = OTHER_PUPILS) -> County:
    """Return the true county; the same seed gives the same county, and the nine-year school of that seed alone."""
    school, lists = build_school(seed, pupils)
    primary = build_other(CHENGGUAN, Random(f"{seed} {CHENGGUAN.name}"), others, school)
    junior = build_other(HEKOU, Random(f"{seed} {HEKOU.name}"), others, school)
    made = [(school, lists)]
    for other in (primary, junior):
        more = CountyLists(other)
        more.build()
        made.append((other, more))
    move_up(primary, junior)
    truths = tuple(as_truth(one, its, seed) for one, its in made)
    houses = _Households(Random(f"{seed} households"), junior)
    for truth in truths[1:]:
        houses.add_school(truth)
    houses.plant()
    return County(seed, truths, houses.stations, tuple(houses.events), houses.outsiders)


class _Households:
    """Who stands on the household list of the two towns: who has a right number in all papers, and others."""

    def __init__(self, rng: Random, school: School) -> None:
        self.rng, self.school = rng, school
        self.stations: dict[str, list[Child]] = {}
        self.events: list[Event] = []
        self.outsiders: dict[int, Member] = {}

    def add_school(self, truth: Truth) -> None:
        """Add a school's children, and those of its town's other lists who are on no roster."""
        told = self.stations.setdefault(f"{truth.site.town[:-1]}派出所", [])
        spoilt = {k for e in truth.events if e.what in ("sex_digit", "one_number", "stranger") for k in e.pupils}
        for pupil in truth.pupils.values():
            here = pupil.seat is not None or pupil.group.grade > truth.site.top or pupil.registered
            right = pupil.id_recorded is None and not pupil.foreign and pupil.key not in spoilt
            if (
                here
                and right
                and pupil.id_number.startswith(people.AREAS[0])
                and not self._enters_elsewhere(truth, pupil)
            ):
                told.append(Child(_member(pupil), pupil.guardians[0].name, pupil.village))
        for key, member in truth.outsiders.items():
            finished = any(e.what == "finished_on_poverty_list" and key in e.pupils for e in truth.events)
            told.append(
                Child(member, self._adult(member.name[0]), truth.site.villages[0], state="高中" if finished else "")
            )

    @staticmethod
    def _enters_elsewhere(truth: Truth, pupil: Pupil) -> bool:
        """Those who left a school stand once, with the school they entered, or with nobody."""
        return pupil.group.grade > truth.site.top

    def plant(self) -> None:
        """Add children who are on no roster, those who moved away or died, the over-aged, the small and grown-ups."""
        for what, days, change, school, state in (
            ("household_only", _COHORTS, "", "", ""),
            ("household_only", _COHORTS, "", "", "未就读"),
            ("household_only", _COHORTS, "迁入", "", ""),
            ("household_elsewhere", _COHORTS, "", "外省某市第一小学", "在读"),
            ("household_moved", _COHORTS, "2025年6月迁出", "", ""),
            ("household_moved", _COHORTS, "迁往外省", "", ""),
            ("household_dead", _COHORTS, "死亡", "", ""),
            ("household_over_age", _OVER_AGE, "", "", ""),
            ("household_finished", _FINISHED, "", "", "普通高中在读"),
            *((("household_toddler", _TODDLERS, "", "", ""),) * 8),
            *((("household_adult", _GROWN, "", "", ""),) * 6),
        ):
            station = self.rng.choice(sorted(self.stations))
            sex = self.rng.choice("男女")
            birth = people.day_between(self.rng, *days)
            adult = what == "household_adult"
            name = (
                people.adult_name(self.rng, self.school.names.surname(), sex) if adult else self.school.names.new(sex)
            )
            relation = "户主" if adult else "之子" if sex == "男" else "之女"
            key = 99_001 + len(self.outsiders)
            member = Member(name, self.school.ids.new(birth, sex), relation, sex, birth, state, key)
            self.outsiders[key] = member
            self.events.append(Event(what, (key,)))
            head = name if adult else self._adult(name[0])
            village = self.rng.choice(next(s for s in SITES if s.town[:-1] in station).villages)
            self.stations[station].append(Child(member, head, village, change, school, state))
        for children in self.stations.values():
            self.rng.shuffle(children)
            children.sort(key=lambda child: child.village)

    def _adult(self, surname: str) -> str:
        return people.adult_name(self.rng, surname, "男")


def _member(pupil: Pupil) -> Member:
    relation = "之子" if pupil.sex == "男" else "之女"
    return Member(pupil.name, pupil.id_number, relation, pupil.sex, pupil.birth, "", pupil.key)


def folder_of(truth: Truth) -> str:
    """Return the school's folder below the sample: `school`, or `county/` and its name."""
    return "school" if truth.site == SHIQIAO else f"county/{truth.site.name}"


def write_county(county: County, out: Path) -> dict[str, Expected]:
    """Write the folders of all three schools and of the county; return what must be found in each, and together.

    Keys: the schools' names, and `together` for all of it in one call on `out`.
    """
    found: dict[str, Expected] = {}
    placed: list[Placed] = []
    for truth in county.truths:
        write = write_papers if truth.site == SHIQIAO else write_other_papers
        placed.append(write(truth, out / folder_of(truth)))
        found[truth.site.name] = expect(truth, placed[-1])
    offices = _write_offices(county, out / "county")
    found["together"] = _together(county, found, placed, offices)
    return found


def _write_offices(county: County, folder: Path) -> list[str]:
    placed = Placed()
    sheets = []
    headings = (
        "户号", "户主姓名", "姓名", "与户主关系", "性别", "出生日期", "公民身份号码", "户籍地址", "所属派出所",
        "村（居）委会", "变动情况", "就读学校", "就读情况", "备注",
    )  # fmt: skip
    for number, (station, children) in enumerate(county.stations.items(), start=1):
        rows = [
            [
                f"{number}{index:05d}", child.head, child.member.name, child.member.relation, child.member.sex,
                child.member.birth, child.member.number, f"{COUNTY}{child.village}", station, child.village,
                child.change, child.school, child.state, "",
            ]
            for index, child in enumerate(children, start=1)
        ]  # fmt: skip
        above = (f"{station}户籍适龄儿童少年名单（2025年8月）",)
        below = [["注：本名单含已迁出、已死亡未注销人员，以户籍系统为准"]]
        widths = (10, 10, 10, 11, 6, 12, 22, 24, 13, 13, 14, 18, 14, 8)
        sheets.append(Sheet(station, above, headings, rows, below, widths, landscape=True, merged=(9,)))
    save(folder, HOUSEHOLD_FILE, sheets, placed)
    _poverty(county, folder, placed)
    lines = [["姓名", "性别", "残疾人证号", "残疾类别", "残疾等级", "村（社区）"]]
    for truth in county.truths:
        lines += [
            [paper.name, paper.sex, f'="{paper.number}"', paper.category, paper.degree, paper.village]
            for paper in truth.certificates
        ]
    save_csv(folder, DISABILITY_FILE, lines, "utf-8-sig", placed)
    schools = [
        [n, site.name, site.code, site.short, "小学" if site.top == 6 else "初中" if site.entry == 7 else "九年一贯制"]
        for n, site in enumerate(SITES, start=1)
    ]
    names = Sheet("学校", (f"{COUNTY}义务教育学校名单",), ("序号", "学校名称", "学校标识码", "简称", "学段"), schools)
    save(folder, SCHOOLS_FILE, [names], placed)
    return placed.files


def _poverty(county: County, folder: Path, placed: Placed) -> None:
    """Write the county's export: all members of all households, what belongs to the household merged over them."""
    headings = (
        "县(市、区、旗)", "乡(镇)", "行政村", "户编号", "户类型", "监测对象类别", "风险是否消除", "人编号", "姓名",
        "性别", "证件号码", "与户主关系", "出生日期", "在校生状况",
    )  # fmt: skip
    rows = [
        [
            COUNTY, truth.site.town, household.village, household.number, household.kind, household.monitor,
            household.cleared, f"{household.number}{n:02d}", member.name, member.sex, member.number, member.relation,
            f"{member.birth:%Y%m%d}", member.school_state,
        ]
        for truth in county.truths
        for household in truth.households
        for n, member in enumerate(household.members, start=1)
    ]  # fmt: skip
    widths = (10, 9, 12, 16, 10, 14, 12, 18, 10, 6, 24, 11, 11, 12)
    sheet = Sheet("成员", (), headings, rows, (), widths, landscape=True, merged=(2, 3))
    save(folder, POVERTY_FILE, [sheet], placed)


def _together(county: County, alone: dict[str, Expected], placed: Sequence[Placed], offices: Sequence[str]) -> Expected:
    """Return what all papers in one call must give: each school's own, but where the neighbour's papers tell more."""
    findings: list[ExpectedFinding] = []
    forbidden = []
    files = [f"county/{name}" for name in offices]
    for truth, own in zip(county.truths, placed, strict=True):
        prefix = folder_of(truth)
        findings += [replace(line, school=truth.site.name) for line in findings_of(truth, TOGETHER)]
        expected = alone[truth.site.name]
        forbidden += [
            tuple(Place(p.register, f"{prefix}/{p.file}", p.sheet, p.row) for p in link)
            for link in expected.forbidden_links
        ]
        files += [f"{prefix}/{name}" for name in own.files]
    lists = replace(county.truths[0], pupils={}, events=county.events, outsiders=county.outsiders)
    findings += findings_of(lists, TOGETHER)
    # What only the county's lists name belongs to no school.
    findings = [replace(line, school=None) if _on_lists_only(county, line) else line for line in findings]
    findings.sort(key=lambda f: (f.kind, f.school or "~", f.grade or "~", f.class_name or "~", f.name or "~"))
    return Expected(
        county.seed, "together", OPENING, AS_OF, tuple(findings), (), (), tuple(forbidden), tuple(sorted(files))
    )


def _on_lists_only(county: County, line: ExpectedFinding) -> bool:
    outsiders = [member for truth in county.truths for member in truth.outsiders.values()]
    return any(line.id_number == member.number for member in (*outsiders, *county.outsiders.values()))


def clear(out: Path) -> None:
    """Remove the files an earlier run wrote; no other file is touched."""
    for golden in sorted((out / "expected").rglob("*.json")):
        told = json.loads(golden.read_text(encoding="utf-8"))
        for name in told["files"]:
            (out / _home(told["school"]) / name).unlink(missing_ok=True)


def _home(school: str) -> str:
    if school == "together":
        return "."
    return "school" if school == SHIQIAO.name else f"county/{school}"
