"""The 台账 of paper and visits: notices issued, teaching at home, letters of assistance in two volumes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from dropctl.documents.catalogue import PAPER_BY_NAME
from dropctl.ledger.home_visits import HomeVisit, fold_visits
from dropctl.ledger.letters import fold_letters
from dropctl.ledger.papers import IssuedPaper, fold_papers
from dropctl.policy.assistance import RESULTS, STATES, Letter
from dropctl.policy.case_state import Case
from dropctl.policy.correspondence import is_incoming
from dropctl.policy.evidence import ListedChild, Newcomer, PupilFacts
from dropctl.policy.paper_names import NOTICES
from dropctl.procedures.books.case_columns import back_on, paper_value
from dropctl.procedures.books.desk import NOTHING, Desk, Line, book, column, unfilled
from dropctl.procedures.child_facts import ENROLLED, LEDGER_ONLY, ChildFacts
from dropctl.reconcile.people import Person
from dropctl.vocabulary import RECEIPTS, SERVICES
from dropctl.workbooks.list_sheet import Value
from dropctl.workbooks.registers import RegisterBook, RegisterColumn

_GROUND = "送教上门"
_VOID = "作废"


def notices(desk: Desk) -> RegisterBook:
    """Return 通知书发放登记: every notice that got a number, voided ones included."""
    issued = [paper for paper in fold_papers(desk.events).values() if paper.paper in NOTICES]
    lines = [desk.line(paper.children[0], _case(desk, paper), _VOID if paper.void else None) for paper in issued]
    source = "文书编号和送达登记"
    own = [
        RegisterColumn("编号", "long", [paper.number for paper in issued], source),
        RegisterColumn("次别", "center", [_label(paper) for paper in issued], source),
        RegisterColumn("签发日", "date", [paper.issued_on for paper in issued], source),
        RegisterColumn(
            "送达日", "date", [one.happened_on if (one := paper.served) else None for paper in issued], source
        ),
        RegisterColumn(
            "送达方式",
            "center",
            [_how(paper) for paper in issued],
            source,
        ),
        RegisterColumn("期限", "date", [_day(paper, "deadline") for paper in issued], "通知书上写的返校期限"),
        RegisterColumn("回执", "text", [_receipt(paper) for paper in issued], source),
        RegisterColumn("作废", "center", ["是" if paper.void else None for paper in issued], source),
        column("结果（返校日期）", lines, back_on, "date", "考勤证实的复学，或登记的返校"),
    ]
    return replace(
        book(desk, "notices", "通知书发放登记", "三.5", "编过号的全部劝返通知书，作废的保留编号", lines, own),
        empty_line=NOTHING,
    )


def _how(paper: IssuedPaper) -> str | None:
    return SERVICES.get(paper.served.how, paper.served.how) if paper.served else None


def _receipt(paper: IssuedPaper) -> str | None:
    code = paper.served.receipt if paper.served else None
    return RECEIPTS.get(code, code) if code else None


def _label(paper: IssuedPaper) -> str:
    known = PAPER_BY_NAME.get(paper.paper)
    return known.label if known is not None else paper.paper


def _day(paper: IssuedPaper, key: str) -> date | None:
    text = paper.values.get(key)
    return date.fromisoformat(text) if isinstance(text, str) else None


def _case(desk: Desk, paper: IssuedPaper) -> Case | None:
    return next((case for case in desk.cases if case.number in paper.cases), None)


def home_taught(desk: Desk) -> RegisterBook:
    """Return 送教上门台账: children taught at home by an approval, a plan or the roster, and the visits."""
    visits: dict[str, list[HomeVisit]] = {}
    for visit in fold_visits(desk.events):
        visits.setdefault(visit.child, []).append(visit)
    lines = [
        desk.line(child)
        for child in desk.known.children.values()
        if child.number in visits or _is_home_taught(desk, child)
    ]
    month = (desk.as_of.year, desk.as_of.month)

    def own(line: Line) -> Sequence[HomeVisit]:
        return visits.get(line.child.number, ())

    def teachers(line: Line) -> str | None:
        return "、".join(dict.fromkeys(name for visit in own(line) if (name := visit.said("teacher")))) or None

    logged = "送教上门登记（dropctl home-teaching log）"
    weekly = desk.plan.parameters["home_teaching_visits"]
    columns = [
        column("送教学校", lines, lambda line: line.child.school, "text", "学籍名册"),
        column("送教教师", lines, teachers, "text", logged),
        column("频次要求", lines, lambda line: f"每周不少于{weekly.value}次", "center", "方案三.7"),
        column("批准文号", lines, paper_value("number"), "text", "审批登记"),
        column("批准起", lines, paper_value("starts"), "date", "审批登记"),
        column("批准止", lines, paper_value("ends"), "date", "审批登记"),
        column("本月次数", lines, lambda line: _days(own(line), lambda day: (day.year, day.month) == month), "number",
               f"{logged}；同一天几名教师同去算一次"),
        column("本学期次数", lines, lambda line: _days(own(line), lambda day: day >= desk.opening), "number", logged),
        column("累计课时", lines, lambda line: _lessons(own(line)), "number", f"{logged}；没有写课时的不计"),
        column("最近送教日", lines, lambda line: max((visit.on for visit in own(line)), default=None), "date", logged),
        unfilled("评估结论", "由县残疾人教育专家委员会评估后填写（方案三.7）"),
    ]  # fmt: skip
    what = "审批登记、一人一案或学籍状态为送教上门的学生；缺手续的也列入，因为孩子同样在家"
    return book(desk, "home_taught", "送教上门台账", "三.7", what, lines, columns, "approval")


def _is_home_taught(desk: Desk, child: ChildFacts) -> bool:
    case = desk.case_of(child.number)
    placed = case is not None and "home_teaching" in (case.placement, case.outcome)
    current = any(
        paper.ground == _GROUND and (paper.ends is None or paper.ends >= desk.opening) for paper in child.approvals
    )
    return current or placed or (child.place == ENROLLED and child.status == _GROUND)


def _days(visits: Sequence[HomeVisit], wanted: Callable[[date], bool]) -> int:
    return len({visit.on for visit in visits if wanted(visit.on)})


def _lessons(visits: Sequence[HomeVisit]) -> int | None:
    told = [visit.said("lessons") for visit in visits]
    counts = [int(text) for text in told if text is not None and text.isdigit()]
    return sum(counts) if counts else None


def letters_in(desk: Desk) -> RegisterBook:
    """Return 协查函（收）台账: what other places asked us, apart from all other lists (三.1)."""
    letters = list(fold_letters(desk.events).values())
    lines = [_line_of(desk, letter) for letter in letters]
    source = "协查函登记（dropctl assistance）"

    def told(heading: str, look: str, of: Callable[[Letter], Value]) -> RegisterColumn:
        return RegisterColumn(heading, look, [of(letter) for letter in letters], source)

    own = [
        told("登记编号", "center", lambda letter: letter.number),
        told("收函日期", "date", lambda letter: letter.received_on),
        told("来函单位", "text", lambda letter: letter.sender),
        told("来函文号", "text", lambda letter: letter.letter_number),
        told("原籍学校", "text", lambda letter: letter.origin_school),
        told("来函事由", "long", lambda letter: letter.asked),
        told("承办单位", "text", lambda letter: letter.handler),
        unfilled("交办日期", "由承办人填写", "date"),
        told("核查结果", "center", lambda letter: RESULTS[letter.result] if letter.result else None),
        told("查明就读学校", "text", lambda letter: letter.found_school),
        told("复函日期", "date", lambda letter: letter.replied_on),
        told("复函文号", "text", lambda letter: letter.reply_number),
        told("办理情况", "center", lambda letter: STATES[letter.state]),
    ]
    what = "其他市、县（市、区）发来的协查函，单独建立名册；涉及的孩子不因此列入本校名单"
    made = book(desk, "letters_in", "协查函台账（收）", "三.1", what, lines, own)
    unentered = _letters(desk, incoming=True) if not letters else []
    if not unentered:
        return made
    said = f"读到的协查函登记上有{len(unentered)}条来函还没有登记，用 dropctl assistance add 登记后列出"
    return replace(made, empty_line=said)


def _line_of(desk: Desk, letter: Letter) -> Line:
    if letter.child is not None:
        return desk.line(letter.child, note=letter.note)
    written = ChildFacts(
        "", LEDGER_ONLY, letter.name, sex=letter.sex, born=letter.born, id_number=letter.id_number,
        id_text=letter.id_text, enrollment_number=letter.enrollment_number,
    )  # fmt: skip
    return Line(written, None, letter.note)


def letters_out(desk: Desk) -> RegisterBook:
    """Return 协查函（发）台账: what we asked other places, or had asked for us (三.3)."""
    rows = _letters(desk, incoming=False)
    own = [
        _told("发函日期", rows, "sent_on", "date"),
        _told("发往单位", rows, "recipient", "text"),
        _told("发函文号", rows, "letter_number", "text"),
        _told("协查事由", rows, "purpose", "long"),
        _told("回函结果", rows, "result", "text"),
        _told("查明就读学校", rows, "found_school", "text"),
        _told("回函日期", rows, "replied_on", "date"),
        _told("是否办结", rows, "closed", "center"),
    ]
    what = "发往外地的协查函（去函由市教育局统一发出的，登记请发的日期和文号）"
    return book(desk, "letters_out", "协查函台账（发）", "三.3", what, [line for line, _ in rows], own, "assistance")


_Row = tuple[Line, Person]


def _letters(desk: Desk, *, incoming: bool) -> list[_Row]:
    """Return each letter of a direction with the child here it certainly is about, else with what it says itself."""
    if desk.known.evidence is None:
        return []
    found = []
    for letter, child in desk.known.evidence.letters:
        if is_incoming(letter) == incoming:
            note = letter.facts.get("note")
            number = child.number if isinstance(child, PupilFacts | Newcomer | ListedChild) else None
            line = desk.line(number, note=note) if number else Line(_as_written(letter), None, note)
            found.append((line, letter))
    return found


def _as_written(letter: Person) -> ChildFacts:
    return ChildFacts(
        "", LEDGER_ONLY, letter.name, sex=letter.known_sex, born=letter.known_birth, id_number=letter.id_number,
        id_text=letter.id_text, enrollment_number=letter.enrollment_number,
    )  # fmt: skip


def _told(heading: str, rows: list[_Row], key: str, look: str) -> RegisterColumn:
    def value(letter: Person) -> Value:
        found = letter.facts.get(key)
        return found if isinstance(found, str | date) else None

    return RegisterColumn(heading, look, [value(letter) for _, letter in rows], "协查函登记")
