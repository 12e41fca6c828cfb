"""The county's two lists: poverty households with all their members, and holders of disability certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from . import people
from .people import Guardian
from .planting import School
from .truth import Certificate, Household, Member

CATEGORIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
DEGREES = ("一级", "二级", "三级", "四级")
_ADULT_DAYS = (date(1968, 1, 1), date(1996, 12, 31))
_ELDER_DAYS = (date(1938, 1, 1), date(1957, 12, 31))
_TODDLER_DAYS = (date(2020, 1, 1), date(2025, 5, 31))
_GROWN_DAYS = (date(2000, 1, 1), date(2007, 12, 31))
_COHORT_DAYS = (date(2011, 1, 1), date(2017, 12, 31))
_FINISHED_DAYS = (date(2009, 1, 1), date(2010, 8, 31))
_OVERAGE_DAYS = (date(2008, 10, 1), date(2009, 8, 31))


class CountyLists:
    """Builds both lists; children on them who are on no roster get keys from 90001."""

    def __init__(self, school: School) -> None:
        self.school, self.rng = school, school.rng
        self.outsiders: dict[int, Member] = {}
        self.households: list[Household] = []
        self.certificates: list[Certificate] = []
        self.certificate_of: dict[int, str] = {}

    def build(self) -> None:
        """Make the disability list first: its numbers stand in the poverty list, too."""
        self._disability()
        self._poverty()

    def _disability(self) -> None:
        school, rng = self.school, self.rng
        taught_at_home = next(e.pupils[0] for e in school.events if e.what == "home_teaching")
        self._certify(taught_at_home, 7, 1)
        pool = school.ordinary(range(2, 10))
        chosen = rng.sample(pool, 6 + 2 + 2)
        school.keep_apart(chosen)
        for index, key in enumerate(chosen[:8]):
            category = rng.choice((1, 2, 4, 5))
            self._certify(key, category, rng.choice((2, 3, 4)), reissue="B1" if index in (1, 6) else "")
            if index < 6:
                school.change(key, disability=CATEGORIES[category - 1] + "残疾")
            else:
                school.tell("disability_unmarked", key)
        for key in chosen[8:]:
            school.change(key, disability=rng.choice(("肢体残疾", "听力残疾")))
            school.tell("disability_unlisted", key)
        for _ in range(2):
            outsider = self._outsider(_COHORT_DAYS, "")
            self._certify_person(self.outsiders[outsider], rng.randrange(1, 8), rng.randrange(1, 4), outsider)
            school.tell("on_disability_list_only", outsider)
        for index in range(len(school.pupils) // 15):
            sex = rng.choice("男女")
            birth = people.day_between(rng, *(_ELDER_DAYS if index % 3 else _ADULT_DAYS))
            if index == 0:
                birth = people.day_between(rng, *_TODDLER_DAYS)
            person = self._person(people.adult_name(rng, school.names.surname(), sex), "", sex, birth, "")
            self._certify_person(
                person, rng.randrange(1, 8), rng.randrange(1, 5), None, "B1" if index % 20 == 9 else ""
            )
        rng.shuffle(self.certificates)

    def _certify(self, key: int, category: int, degree: int, reissue: str = "") -> None:
        pupil = self.school.pupils[key]
        number = f"{pupil.id_number}{category}{degree}{reissue}"
        self.certificate_of[key] = number
        self.certificates.append(
            Certificate(
                pupil.name, pupil.sex, number, CATEGORIES[category - 1], DEGREES[degree - 1], pupil.village, key
            )
        )

    def _certify_person(self, person: Member, category: int, degree: int, key: int | None, reissue: str = "") -> None:
        number = f"{person.number}{category}{degree}{reissue}"
        village = self.rng.choice(self.school.site.villages)
        self.certificates.append(
            Certificate(person.name, person.sex, number, CATEGORIES[category - 1], DEGREES[degree - 1], village, key)
        )

    def _poverty(self) -> None:
        school, rng = self.school, self.rng
        disabled = [key for key in self.certificate_of if school.pupils[key].presence == "present"]
        pool = school.ordinary(range(2, 10))
        listed = rng.sample(pool, max(24, len(pool) // 12))
        school.keep_apart(listed)
        slips, birth_slip, unmarked = listed[:2], listed[2:4], listed[4:7]
        twins = next(e.pupils for e in school.events if e.what == "twins")
        for key in slips:
            school.rename(key, school.names.with_homophone(school.pupils[key].sex))
            school.tell("poverty_name_differs", key)
        for key in birth_slip:
            school.tell("poverty_birth_differs", key)
        for key in unmarked:
            school.tell("poverty_unmarked", key)
        for key in [*listed, *disabled[:2], *twins]:
            school.change(key, poverty_mark=key not in unmarked)
        for key in listed:
            pupil = school.pupils[key]
            name = people.misspelt(pupil.name) if key in slips else None
            birth = _other_day(pupil.birth) if key in birth_slip else None
            self._household([self._child(key, name=name, birth=birth)], pupil.guardians, pupil.village)
        for key in disabled[:2]:  # the certificate stands where the ID should
            pupil = school.pupils[key]
            number = self.certificate_of[key]
            self._household([self._child(key, number=number)], pupil.guardians, pupil.village)
        pupil = school.pupils[twins[0]]
        self._household([self._child(key) for key in twins], pupil.guardians, pupil.village)
        rest = rng.sample(school.ordinary(range(2, 10)), 2)
        school.keep_apart(rest)
        for key in rest:
            school.change(key, poverty_mark=True)
            school.tell("poverty_unlisted", key)
        for key in (k for k, p in school.pupils.items() if p.former_name):
            pupil = school.pupils[key]
            self._household([self._child(key, name=pupil.former_name)], pupil.guardians, pupil.village)
        self._children_of_other_schools()
        for index in range(max(15, len(pool) // 25)):
            children = []
            if index % 3 == 0:
                children = [self._stranger(_TODDLER_DAYS, "学龄前儿童" if index % 2 else "")]
            elif index % 5 == 1:
                children = [self._stranger(_GROWN_DAYS, "本科")]
            self._household(children, None, rng.choice(self.school.site.villages))
        rng.shuffle(self.households)
        self.households = [
            replace(h, number=f"3499{school.site.first_key - 1 + n:08d}")
            for n, h in enumerate(self.households, start=1)
        ]

    def _children_of_other_schools(self) -> None:
        school = self.school
        villages = school.site.villages
        both = next(e.pupils[0] for e in school.events if e.what == "on_disability_list_only")
        school.tell("also_on_poverty_list", both)
        self._household([self.outsiders[both]], None, villages[8 % len(villages)])
        for state in ("", "小学"):
            key = self._outsider(_COHORT_DAYS, state)
            school.tell("on_poverty_list_only", key)
            self._household([self.outsiders[key]], None, villages[9 % len(villages)])
        key = self._outsider(_OVERAGE_DAYS, "")
        school.tell("overage_on_poverty_list", key)
        self._household([self.outsiders[key]], None, villages[7 % len(villages)])
        key = self._outsider(_FINISHED_DAYS, "普通高中")
        school.tell("finished_on_poverty_list", key)
        self._household([self.outsiders[key]], None, villages[6 % len(villages)])

    def _outsider(self, days: tuple[date, date], state: str) -> int:
        key = 90_000 + self.school.site.first_key + len(self.outsiders)
        sex = self.rng.choice("男女")
        birth = people.day_between(self.rng, *days)
        name = self.school.names.new(sex)
        self.outsiders[key] = self._person(name, "之子" if sex == "男" else "之女", sex, birth, state, key)
        return key

    def _stranger(self, days: tuple[date, date], state: str) -> Member:
        sex = self.rng.choice("男女")
        name = self.school.names.new(sex)
        return self._person(name, "之子" if sex == "男" else "之女", sex, people.day_between(self.rng, *days), state)

    def _person(self, name: str, relation: str, sex: str, birth: date, state: str, key: int | None = None) -> Member:
        return Member(name, self.school.ids.new(birth, sex), relation, sex, birth, state, key)

    def _child(
        self, key: int, *, name: str | None = None, number: str | None = None, birth: date | None = None
    ) -> Member:
        pupil = self.school.pupils[key]
        stage = "小学" if pupil.group.grade < 7 else f"{'七八九'[pupil.group.grade - 7]}年级"
        relation = "之子" if pupil.sex == "男" else "之女"
        return Member(
            name or pupil.name, number or pupil.id_number, relation, pupil.sex, birth or pupil.birth, stage, key
        )

    def _household(self, children: list[Member], guardians: tuple[Guardian, Guardian] | None, village: str) -> None:
        rng = self.rng
        surname = children[0].name[0] if children else self.school.names.surname()
        known = {g.relation: g.name for g in guardians or ()}
        father = known.get("父亲") or people.adult_name(rng, surname, "男")
        mother = known.get("母亲") or people.adult_name(rng, self.school.names.surname(), "女")
        members = [
            self._person(father, "户主", "男", people.day_between(rng, *_ADULT_DAYS), ""),
            self._person(mother, "配偶", "女", people.day_between(rng, *_ADULT_DAYS), ""),
            *children,
        ]
        if "祖父" in known or rng.random() < 0.4:
            elder = known.get("祖父") or people.adult_name(rng, surname, "男")
            members.append(self._person(elder, "之父", "男", people.day_between(rng, *_ELDER_DAYS), ""))
        if children and rng.random() < 0.2:
            members.append(self._stranger(_TODDLER_DAYS, "学龄前儿童"))
        if rng.random() < 0.1:  # a disabled grown-up, shown by the certificate
            last = members[-1] if members[-1].relation == "之父" else members[1]
            position = members.index(last)
            members[position] = Member(
                last.name, f"{last.number}4{rng.randrange(2, 5)}", last.relation, last.sex, last.birth, ""
            )
        kind, monitor, cleared = rng.choices(
            (
                ("脱贫户", "", ""),
                ("脱贫户", "脱贫不稳定户", "否"),
                ("脱贫户", "脱贫不稳定户", "是"),
                ("一般农户", "边缘易致贫户", "否"),
                ("一般农户", "突发严重困难户", "否"),
            ),
            (70, 6, 8, 10, 6),
        )[0]
        self.households.append(Household("", village, kind, monitor, cleared, tuple(members)))


def _other_day(birth: date) -> date:
    """Return a birth date with one digit of the day written wrongly."""
    return birth.replace(day=birth.day + 1 if birth.day % 10 < 9 and birth.day < 28 else birth.day - 1)
