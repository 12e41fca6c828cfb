"""The term-start duty (三.1, 三.5): a school's files in, a reconciliation that a registrar can act on out.

Reads, checks, links, applies the rules, and hands back a typed outcome. `write_term_start` puts it on paper:
all files complete, or none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from dropctl.errors import Refused, UnreadableFile, place
from dropctl.files import WholeFiles
from dropctl.findings import Finding, findings_frame
from dropctl.ingest.dates import term_number
from dropctl.ingest.read import Registers, read_registers
from dropctl.ingest.reading import Progress, Reading, start_reading
from dropctl.policy.assembly import assemble, deciding_presence
from dropctl.policy.evidence import Evidence
from dropctl.policy.plan import Plan
from dropctl.policy.rules.registration import registration
from dropctl.policy.rules.return_check import return_check
from dropctl.policy.rules.roster_marks import roster_marks
from dropctl.policy.rules.whereabouts import is_over_age, whereabouts
from dropctl.procedures import beside, overview
from dropctl.procedures.case_opening import remembering
from dropctl.procedures.decided import recorded_decisions, told
from dropctl.procedures.outcome import CaseForecast, Deadline, PresenceCount, SinceLast, TermStartOutcome
from dropctl.procedures.plans import plan_for
from dropctl.procedures.school_names import collect, name_schools
from dropctl.reconcile.decisions import Decision, PairKey, standing
from dropctl.reconcile.given_twice import refuse_lists_given_twice
from dropctl.reconcile.linkage import Link, links_frame
from dropctl.reconcile.people import Person
from dropctl.registers.school_names import School, schools_of, with_full_names
from dropctl.school_calendar import SchoolCalendar, Term, assumed_opening, school_year
from dropctl.tables.issues import InputCount, Issue, issues_frame
from dropctl.tables.raw import RawSheet
from dropctl.vocabulary import register_label
from dropctl.workbooks.term_start import TermStartSheets, write_term_start_workbook
from dropctl.workspace import Workspace
from dropctl.workspace.snapshots import Comparison

_CLASSES_NAMED = 3


def reconcile_term_start(
    paths: Sequence[Path],
    *,
    as_of: date,
    workspace: Workspace | None = None,
    opening: date | None = None,
    closing: date | None = None,
    school: str | None = None,
    assigned: Mapping[str, str] | None = None,
    skip_unreadable: bool = False,
    yes: bool = False,
    record: bool = True,
    progress: Progress | None = None,
    reading: Reading | None = None,
) -> TermStartOutcome:
    """Return what the files in `paths` say about the term that opened on `opening`, judged as of `as_of`.

    Inside a workspace the term, the school and what was read before come from it, and `record` keeps what is read
    now. `reading` is a reading of `paths` that was begun before this module was loaded.
    Raises Refused for files that cannot be read or used, before anything is written.
    """
    opening, closing, opening_note = term_of(as_of, workspace, opening, closing)
    reading = reading or start_reading(paths)
    registers, skipped, reading_notes = _read(reading, opening, as_of, assigned, skip_unreadable, progress)
    refuse_lists_given_twice(registers.frames)
    store = workspace.snapshots() if workspace else None
    if store is not None and workspace is not None and not _whole_inbox(paths, workspace):
        # New files on top of what was read before; the inbox as a whole stands for itself (decision D-9).
        carried = store.complete(registers.frames, registers.columns_seen, as_of)
        reading_notes += [f"{register_label(kind)}沿用{day}读入的那一份" for kind, day in carried]
    if "enrollment" not in registers.frames:
        raise Refused(
            "没有找到学籍名册（要有“姓名”，以及“学籍号”或“学生状态”等栏目）",
            todo="把从学籍系统导出的学生花名册放进来，或用 --as enrollment=文件 指定",
        )
    with remembering(workspace, as_of, school_year(opening), record=record) as memory:
        linked = link_registers(
            registers.frames,
            registers.columns_seen,
            places={source.name: source.path.resolve() for source in reading.sources},
            as_of=as_of,
            workspace=workspace,
            opening=opening,
            closing=closing,
            school=school,
            number=memory.numbers.number,
            decisions=standing(recorded_decisions(workspace), as_of) if workspace else {},
        )
        evidence = linked.evidence
        findings = [
            *return_check(evidence),
            *registration(evidence),
            *roster_marks(evidence),
            *whereabouts(evidence),
        ]
        cases = memory.keep(evidence, findings, _forecast(evidence, filter(memory.wants_case, findings), yes))
    reading_notes += linked.renamed
    links = [link for group in evidence.links.values() for link in group]
    reading_notes += told(links)
    issues = [*registers.issues, *linked.issues, *skipped]
    frame = findings_frame(findings)
    compared = None
    if store is not None:
        compared = store.compare(registers.frames, frame["finding_id"].to_list(), as_of)
        if memory.is_before_last:
            reading_notes.append(f"已有晚于{as_of}的记录，这次只看不记")
        elif record:
            store.record(registers.frames, registers.columns_seen, frame, as_of)
    return _outcome(
        evidence, frame, findings, links, issues, registers.inputs, cases, compared, opening_note, reading_notes
    )


@dataclass(frozen=True, slots=True)
class Linked:
    """Who is who in what was read. `issues`: lists that have no place in it; `renamed`: names of schools settled."""

    evidence: Evidence
    issues: Sequence[Issue]
    renamed: Sequence[str]


def link_registers(
    frames: Mapping[str, pl.DataFrame],
    columns_seen: Mapping[str, set[str]],
    *,
    places: Mapping[str, Path],
    as_of: date,
    workspace: Workspace | None,
    opening: date,
    closing: date | None,
    school: str | None,
    number: Callable[[Sequence[Person]], str],
    decisions: Mapping[PairKey, Decision],
) -> Linked:
    """Return who is who in what was read, after `decisions`.

    `places`: where each file lies (its folder may tell the school); `number` gives a child, seen as its rows, its
    lasting number.
    """
    plan = plan_for(workspace)
    calendar = workspace.calendar() if workspace else SchoolCalendar((Term("本学期", opening, closing),))
    own = workspace.config.school if workspace and workspace.config.school.role == "school" else None
    given = school or (own.name if own else None)
    known = schools_of(frames.get("schools"), School(own.name, own.code, own.short_names) if own else None)
    full, renamed = with_full_names(frames, known)
    named, one_school, unnamed = name_schools(full, collect(full, known, given), given, places)
    deciding, passed_over = deciding_presence(named.get("presence"), plan, opening, as_of)
    if deciding is not None:
        named["presence"] = deciding
    evidence = assemble(
        named,
        plan=plan,
        calendar=calendar,
        opening=opening,
        as_of=as_of,
        episode=f"term-{term_number(opening)}",
        school=one_school,
        columns_seen=columns_seen,
        number=number,
        decisions=decisions,
    )
    return Linked(evidence, [*unnamed, *passed_over], renamed)


def _whole_inbox(paths: Sequence[Path], workspace: Workspace) -> bool:
    return [path.resolve() for path in paths] == [workspace.inbox.resolve()]


def term_of(
    as_of: date, workspace: Workspace | None, opening: date | None = None, closing: date | None = None
) -> tuple[date, date | None, str | None]:
    """Return the opening and last day of the term, and a sentence when the opening had to be assumed."""
    if opening is not None:
        return opening, closing, None
    term = workspace.term_at(as_of) if workspace else None
    if term is not None:
        return term.opening, term.closing, None
    opening = assumed_opening(as_of)
    return opening, closing, f"没有给出开学日，按 {opening:%Y-%m-%d} 开学处理；不对请用 --opening 指定"


def _read(
    reading: Reading,
    opening: date,
    as_of: date,
    assigned: Mapping[str, str] | None,
    skip_unreadable: bool,
    progress: Progress | None,
) -> tuple[Registers, list[Issue], list[str]]:
    notes = list(reading.passed_over)
    reading.progress = progress
    by_path = {str(Path(path).resolve()): kind for path, kind in (assigned or {}).items()}
    kinds = {
        source.name: by_path[str(source.path.resolve())]
        for source in reading.sources
        if str(source.path.resolve()) in by_path
    }
    skipped: list[Issue] = []
    digests: dict[str, str] = {}

    def sheets() -> Iterator[RawSheet]:
        for source, result in zip(reading.sources, reading, strict=True):
            if isinstance(result, UnreadableFile):
                if not skip_unreadable:
                    raise result
                skipped.append(
                    Issue(None, source.name, None, None, None, None, "file_unreadable", "error", None, result.sentence)
                )
                notes.append(f"跳过了读不了的文件“{source.name}”，其中的学生没有核对")
            elif result.digest in digests:
                notes.append(f"“{source.name}”与“{digests[result.digest]}”内容完全相同，只用一次")
            else:
                digests[result.digest] = source.name
                notes.extend(result.notes)
                yield from result.sheets

    with reading:
        registers = read_registers(sheets(), opening=opening, as_of=as_of, assigned=kinds, skip_refused=skip_unreadable)
    if not any(entry.register for entry in registers.inputs):
        seen = "；".join(f"{place(entry.file, entry.sheet)}：{entry.note}" for entry in registers.inputs[:5])
        raise Refused(
            f"没有一张表能认出是什么名单（{seen}）" if seen else "没有读到任何表格",
            todo="检查标题行是否写明姓名、学籍号、是否返校等栏目，或用 --as 指定，例如 --as presence=文件",
        )
    return registers, skipped, notes


def _forecast(evidence: Evidence, findings: Iterable[Finding], yes: bool) -> CaseForecast:
    """Return how many would get a case by `findings` (CONTRACT §7), and whether those are too many to be believed."""
    wanted = list(findings)
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


def _outcome(
    evidence: Evidence,
    frame: pl.DataFrame,
    findings: Sequence[Finding],
    links: Sequence[Link],
    issues: Sequence[Issue],
    inputs: Sequence[InputCount],
    cases: CaseForecast,
    compared: Comparison | None,
    opening_note: str | None,
    notes: Sequence[str],
) -> TermStartOutcome:
    over_age = {line.finding_id for line in findings if is_over_age(line)}
    with_pupils = [group for group in evidence.classes.values() if group.key[2] is not None]
    unknown = sum(facts.presence == "unknown" for facts in evidence.pupils if facts.expected)
    return TermStartOutcome(
        as_of=evidence.as_of,
        opening=evidence.opening,
        opening_note=opening_note,
        school=evidence.school or (f"{len(evidence.schools)}所学校" if evidence.schools else None),
        inputs=tuple(inputs),
        findings=frame,
        links=links_frame(links),
        issues=issues_frame(issues),
        roster=overview.roster(evidence, findings),
        reviews=overview.reviews(links),
        classes=overview.classes(evidence, findings),
        overage=frame.filter(pl.col("finding_id").is_in(over_age)),
        graduates=beside.graduates(evidence),
        promotions=beside.promotions(evidence),
        letters=beside.letters(evidence),
        changes=beside.changes(compared, findings),
        presence=PresenceCount(len(with_pupils), sum(group.reported for group in with_pupils), unknown),
        cases=cases,
        deadlines=_deadlines(evidence),
        assumptions=evidence.plan.assumptions,
        since_last=SinceLast(len(compared.new), compared.gone.height, compared.unchanged, compared.day)
        if compared
        else None,
        notes=tuple(([opening_note] if opening_note else []) + overview.notes(evidence, cases) + list(notes)),
    )


def _deadlines(evidence: Evidence) -> tuple[Deadline, ...]:
    return tuple(
        Deadline(parameter.label, parameter.clause, due.plan_date, due.due_date, due.certain)
        for parameter, due in evidence.deadlines()
    )


def write_term_start(outcome: TermStartOutcome, out: Path, *, tables_only: bool = False) -> list[Path]:
    """Write 核对结果.xlsx and the three Parquet files into `out`, all of them or none; return their paths."""
    tables = {"findings": outcome.findings, "links": outcome.links, "issues": outcome.issues}
    written = []
    with WholeFiles() as files:
        if not tables_only:
            target = out / "核对结果.xlsx"
            written.append(target)
            sheets = TermStartSheets(**{name: getattr(outcome, name) for name in TermStartSheets.__dataclass_fields__})
            write_term_start_workbook(files.stage(target), sheets)
        for name, frame in tables.items():
            target = out / f"{name}.parquet"
            written.append(target)
            frame.write_parquet(files.stage(target))
    return written


__all__ = ["Plan", "reconcile_term_start", "write_term_start"]
