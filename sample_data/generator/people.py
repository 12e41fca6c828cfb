"""Invented people: names, ID numbers, telephones, villages.

Nobody here exists: area codes 3499xx were never given out, telephones begin with 1990000. No name is
one character, one swap or one sound away from another unless a twin, a namesake or a slip was asked for, so
that what a careful comparison must find is known beforehand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

AREAS = ("349921", "349922", "349923", "349901")
PHONE_PREFIX = "1990000"

# One character per sound in each pool: two different characters are also two different sounds.
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎潘杜戴夏钟田任范方"
    "石姚廖邹熊金郝孔白崔康毛邱秦顾侯邵孟龙万段雷钱尹易常乔赖龚文庞陶洪翟安倪牛季葛尤毕聂丛焦向邢岳齐梅莫庄辛管左涂舒耿詹"
    "苗凌费盛童甄曲裴席查鲍霍隋甘景柯阮桂闵宗"
)
_COMMON = 24  # the first surnames are the frequent ones
_MALE = "伟浩宇轩杰俊博文志强磊鹏龙涛斌刚毅凯泽睿辰航飞明亮阳光松柏恒康乐帆旭东峰林森承海川武勇坤胜达聪昌雄帅壮"
_FEMALE = "静雅欣梅兰芳婷雪娜丽琪瑶莹萍倩巧秋月云花娟玲霞爽柔慧佳楠诗冉彤妙娇艳春若香秀敏曼"
_EITHER = "子思安清可书天小元正星如少仁中宗道德存和品本木念茂迪歌吉今卓真展友宁容润素腾希叶全群顺硕涵怀君"
# Same sound, other character: what a class teacher types when writing a name down by ear. None is in a pool.
HOMOPHONES = dict(
    zip(
        "伟浩宇轩俊博志鹏毅泽航阳帆静欣婷琪瑶莹佳楠诗慧倩",
        "玮皓羽萱骏勃智朋艺择杭扬凡婧昕亭淇遥颖嘉男师惠茜",
        strict=True,
    )
)
RARE_CHARACTER = "䶮"  # in GB18030, not in GBK
DOTTED_NAMES = ("阿依·努尔兰", "买热·库尔班", "古丽·艾山江", "热娜·托合提")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(first17: str) -> str:
    """Return the 18th character of a citizen ID number (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def is_valid_id(text: str) -> bool:
    """Say whether 18 characters are an ID number with a real date and a right check digit."""
    if len(text) != 18 or not text[:17].isdigit() or check_digit(text[:17]) != text[17]:
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Guardian:
    """A family member as the enrollment register names one."""

    name: str
    relation: str
    phone: str


class NameBook:
    """Hands out names that keep their distance from every name handed out before."""

    def __init__(self, rng: Random, others: NameBook | None = None) -> None:
        self._rng = rng
        self._taken: Counter[str] = Counter() if others is None else others._taken  # one county, one book

    @staticmethod
    def _traces(name: str) -> Iterator[str]:
        """Traces that two names of one length share exactly when they are one slip apart (or the same)."""
        yield name
        if len(name) == 2:
            yield from (f"{name[0]}_", f"_{name[1]}")
        elif len(name) == 3:
            s, a, b = name
            yield from (f"{s}{a}_", f"{s}_{b}", f"_{a}{b}", s + "~" + "".join(sorted((a, b))))
            # what stays when one character is left out; the sign keeps them apart from whole names
            yield from (f"-{s}{a}", f"-{s}{b}", f"-{a}{b}")

    def is_free(self, name: str) -> bool:
        """Say whether the name is far enough from all others."""
        whole = [trace for trace in self._traces(name) if not trace.startswith("-")]
        shorter_or_longer = [f"-{name}"]
        if len(name) == 3:
            shorter_or_longer = [name[:2], name[0] + name[2], name[1:]]
        return not any(self._taken[trace] for trace in (*whole, *shorter_or_longer))

    def take(self, name: str) -> str:
        """Reserve a name, however close to others it is."""
        self._taken.update(self._traces(name))
        return name

    def release(self, name: str) -> None:
        """Give a name back."""
        self._taken.subtract(self._traces(name))

    def surname(self) -> str:
        """Return a surname, frequent ones more often."""
        pool = _SURNAMES[:_COMMON] if self._rng.random() < 0.6 else _SURNAMES
        return self._rng.choice(pool)

    def new(self, sex: str, surname: str | None = None, last: str | None = None) -> str:
        """Return a new name for a boy or girl, with a given surname or last character if asked for."""
        rng, own = self._rng, _MALE if sex == "男" else _FEMALE
        for attempt in range(20_000):
            family = surname or (self.surname() if attempt < 40 else rng.choice(_SURNAMES))
            second = last or rng.choice(own if rng.random() < 0.8 or attempt < 20 else _EITHER)
            first = rng.choice(own if rng.random() < 0.4 else _EITHER)
            short = last is None and attempt < 20 and rng.random() < 0.12
            name = family + second if short else family + first + second
            if first != second and self.is_free(name):
                return self.take(name)
        raise ValueError("给不出更多互不相近的姓名，请减少学生人数")

    def near(self, name: str, sex: str) -> str:
        """Return a name that differs from `name` in its last character only and is far from all others."""
        self.release(name)
        pool = list(_MALE if sex == "男" else _FEMALE)
        self._rng.shuffle(pool)
        found = next(c for c in pool if c != name[-1] and c not in name and self.is_free(name[:-1] + c))
        self.take(name)
        return self.take(name[:-1] + found)

    def with_homophone(self, sex: str) -> str:
        """Return a new three-character name whose last character has a homophone."""
        own = [c for c in (_MALE if sex == "男" else _FEMALE) if c in HOMOPHONES]
        while True:
            name = self.new(sex, last=self._rng.choice(own))
            wrong = misspelt(name)
            self.release(name)
            free = self.is_free(wrong)
            self.take(name)
            if free:
                self.take(wrong)
                return name
            self.release(name)


def misspelt(name: str) -> str:
    """Return the name with its last character replaced by a homophone."""
    return name[:-1] + HOMOPHONES[name[-1]]


class IdBook:
    """Hands out valid ID numbers, each once."""

    def __init__(self, rng: Random, others: IdBook | None = None) -> None:
        self._rng = rng
        self._taken: set[str] = set() if others is None else others._taken

    def new(self, birth: date, sex: str, area: str = AREAS[0], *, ends_in_x: bool | None = None) -> str:
        """Return a new number; `ends_in_x` asks for (or rules out) a check character X."""
        parity = 1 if sex == "男" else 0
        for _ in range(5_000):
            sequence = self._rng.randrange(parity, 1000, 2)
            number = self._finish(area, birth, sequence)
            if number not in self._taken and (ends_in_x is None or (number[-1] == "X") == ends_in_x):
                self._taken.add(number)
                return number
        raise ValueError("给不出更多身份证号，请减少学生人数")

    def next_after(self, number: str) -> str:
        """Return the next free number of the same day, area and sex, as a twin would get."""
        sequence = int(number[14:17])
        for step in range(2, 1000, 2):
            first17 = number[:14] + f"{(sequence + step) % 1000:03d}"
            twin = first17 + check_digit(first17)
            if twin not in self._taken:
                self._taken.add(twin)
                return twin
        raise ValueError("给不出双胞胎的身份证号")

    @staticmethod
    def _finish(area: str, birth: date, sequence: int) -> str:
        first17 = f"{area}{birth:%Y%m%d}{sequence:03d}"
        return first17 + check_digit(first17)


def day_between(rng: Random, first: date, last: date) -> date:
    """Return a day from `first` to `last`, both included."""
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def phone(rng: Random) -> str:
    """Return an invented mobile number."""
    return f"{PHONE_PREFIX}{rng.randrange(1, 10_000):04d}"


def parents(rng: Random, surname: str) -> tuple[Guardian, Guardian]:
    """Return the two family members the register names first."""
    mother_surname = rng.choice(_SURNAMES)
    father = Guardian(adult_name(rng, surname, "男"), "父亲", phone(rng))
    mother = Guardian(adult_name(rng, mother_surname, "女"), "母亲", phone(rng))
    if rng.random() < 0.12:
        return Guardian(adult_name(rng, surname, "男"), "祖父", phone(rng)), father
    return (mother, father) if rng.random() < 0.3 else (father, mother)


def adult_name(rng: Random, surname: str, sex: str) -> str:
    """Return a grown-up's name; it may be anybody's, for adults are never compared with pupils."""
    given = rng.choice("建国国平家贵德发长根来福大志永顺" if sex == "男" else "桂英秀珍玉兰腊梅小凤春香翠云")
    return surname + given + rng.choice("华生民旺祥田" if sex == "男" else "芬莲菊红荣珠")
