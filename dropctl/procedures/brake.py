"""The brake (CONTRACT §7): a run that would open cases for too many children reports, and opens none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dropctl.findings import Finding
from dropctl.policy.evidence import Evidence
from dropctl.procedures.outcome import CaseForecast

_CLASSES_NAMED = 3


def forecast(evidence: Evidence, findings: Iterable[Finding], yes: bool) -> CaseForecast:
    """Return how many would get a case by `findings` (CONTRACT §7), and whether those are too many to be believed."""
    wanted = list({line.key[0]: line for line in findings}.values())  # one case per child
    plan = evidence.plan
    reasons = []
    whole = Counter(facts.lead.school for facts in evidence.pupils)
    per_school = Counter(line.school for line in wanted)
    several = len(whole) > 1
    for school, size in sorted(whole.items(), key=lambda item: item[0] or ""):
        accused = per_school[school or evidence.school]
        if accused >= plan.value("brake_least") and accused * 100 > plan.value("brake_school_percent") * size:
            whose = f"{school or '学校不明'}" if several else "全校"
            reasons.append(f"{whose}{size}人中有{accused}人会被立案，超过{plan.value('brake_school_percent')}%")
    per_class = Counter((line.school, line.grade, line.class_name) for line in wanted)
    classes = []
    for group in evidence.classes.values():
        size, key = len(group.pupils), (group.key[0] or evidence.school, *group.key[1:])
        if size >= plan.value("brake_class_size") and per_class[key] * 3 > size:
            named = f"{group.key[0]}{group.key[2]}" if several else group.key[2]
            classes.append(f"{named}（{size}人中{per_class[key]}人）")
    if classes:
        more = f"等{len(classes)}个班" if len(classes) > _CLASSES_NAMED else ""
        reasons.append(f"{'、'.join(classes[:_CLASSES_NAMED])}{more}会被立案的超过三分之一")
    if not reasons or yes:
        return CaseForecast(len(wanted), False)
    return CaseForecast(
        len(wanted),
        True,
        f"{'；'.join(reasons)}。更可能是名单给错或没有交全，这次只报告、不立案；核实无误后加 --yes",
    )
