"""The ledger: append-only, chained, one command one transaction, as of any day, private; damage is said."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropctl.errors import CannotWrite, Damaged, Refused
from dropctl.ledger import Draft, Ledger, connection, schema
from dropctl.ledger.backup import back_up, compare, put_back
from dropctl.ledger.events import START, canonical
from dropctl.ledger.network_drive import mounted_kind
from dropctl.ledger.verify import verify

DAY_1, DAY_2, DAY_3 = date(2025, 9, 1), date(2025, 9, 2), date(2025, 9, 3)


def note(text: str = "电话没人接", day: date = DAY_1, **more: Any) -> Draft:
    return Draft("contacted", "C-2025-001", day, {"how": "phone"}, {"P-0001": {"note": text}}, **more)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / ".dropctl")


def fill(ledger: Ledger, count: int, day: date = DAY_1) -> None:
    with ledger.writing(day, "case log") as transaction:
        for number in range(count):
            transaction.append(note(f"第{number}次"))


@contextmanager
def forced(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection on which somebody with time and tools has taken the guards away; they are put back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            raw.execute(f"DROP TRIGGER {name}")
        yield raw
        for _, statement in guards:
            raw.execute(statement)


# ---- appending and reading


def test_what_is_recorded_is_read_back(ledger: Ledger) -> None:
    assert ledger.events() == []
    assert ledger.last_day() is None
    with ledger.writing(DAY_2, "case log") as transaction:
        assert transaction.append(note(day=DAY_1)) == 1
    (event,) = ledger.events()
    assert (event.seq, event.batch, event.command, event.kind, event.subject) == (
        1, 1, "case log", "contacted", "C-2025-001",
    )  # fmt: skip
    assert (event.happened_on, event.recorded_as_of) == (DAY_1, DAY_2)
    assert event.facts == {"how": "phone"}
    assert event.said("note", "P-0001") == "电话没人接"
    assert ledger.last_day() == DAY_2


def test_reading_makes_no_file(ledger: Ledger) -> None:
    ledger.events()
    assert not ledger.path.parent.exists()


def test_a_fold_at_a_day_sees_what_was_recorded_up_to_it(ledger: Ledger) -> None:
    fill(ledger, 1, DAY_1)
    fill(ledger, 1, DAY_3)
    assert len(ledger.events(DAY_2)) == 1
    assert len(ledger.events(DAY_3)) == 2


def test_a_day_before_the_last_one_may_be_read_not_written(ledger: Ledger) -> None:
    fill(ledger, 1, DAY_2)
    fill(ledger, 1, DAY_2)
    with pytest.raises(Refused, match=r"已经记到2025-09-02.*--on"):
        fill(ledger, 1, DAY_1)
    assert len(ledger.events()) == 2


def test_one_command_is_recorded_whole_or_not_at_all(ledger: Ledger) -> None:
    fill(ledger, 1)

    def interrupted() -> None:
        with ledger.writing(DAY_1, "x") as transaction:
            transaction.append(note())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(ledger.events()) == 1
    fill(ledger, 2)
    assert [event.batch for event in ledger.events()] == [1, 2, 2]


def test_the_same_thing_is_recorded_once(ledger: Ledger) -> None:
    for _ in range(2):
        with ledger.writing(DAY_1, "x") as transaction:
            first = transaction.append(note(once="case:F-1"))
            assert transaction.append(note(once="case:F-1")) is None
    assert first is None
    assert len(ledger.events()) == 1


def test_a_kind_nobody_declared_is_a_fault_of_ours(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="unknown kind"), ledger.writing(DAY_1, "x") as transaction:
        transaction.append(Draft("thought", "", DAY_1))


@given(st.dictionaries(st.text(max_size=5), st.one_of(st.none(), st.booleans(), st.integers(), st.text()), max_size=4))
def test_equal_values_are_written_alike_whatever_their_order(values: dict[str, Any]) -> None:
    assert canonical(values) == canonical(dict(reversed(values.items())))


def test_nothing_can_be_changed_deleted_or_replaced(ledger: Ledger) -> None:
    fill(ledger, 2)
    with closing(connection.connect(ledger.path)) as raw:
        for table in ("events", "personal"):
            for statement in (f"UPDATE {table} SET seq = 9", f"DELETE FROM {table}",
                              f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"):  # fmt: skip
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    raw.execute(statement)
    assert verify(ledger.path).ok


def test_the_settings_that_keep_it_whole(ledger: Ledger) -> None:
    fill(ledger, 1)
    with connection.opened(ledger.path, write=True) as raw:
        expected = {
            "journal_mode": "delete", "synchronous": 3, "secure_delete": 1, "recursive_triggers": 1,
            "trusted_schema": 0, "foreign_keys": 1, "application_id": schema.APPLICATION_ID,
            "user_version": schema.version(),
        }  # fmt: skip
        assert {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in expected} == expected
        kinds = raw.execute("SELECT DISTINCT strict FROM pragma_table_list WHERE name IN ('events', 'personal')")
        assert kinds.fetchall() == [(1,)]


def test_ledger_and_journal_are_private(ledger: Ledger, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        fill(ledger, 1)
        with ledger.writing(DAY_1, "x") as transaction:
            transaction.append(note())
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in ledger.path.parent.iterdir()}
        back_up(ledger, tmp_path / "b.sqlite3")
    finally:
        os.umask(before)
    assert modes == {"ledger.sqlite3": 0o600, "ledger.sqlite3-journal": 0o600}
    assert stat.S_IMODE((tmp_path / "b.sqlite3").stat().st_mode) == 0o600


def test_a_link_is_not_followed(ledger: Ledger, tmp_path: Path) -> None:
    ledger.path.parent.mkdir()
    (tmp_path / "else").write_bytes(b"")
    ledger.path.symlink_to(tmp_path / "else")
    with pytest.raises(Refused, match="链接"):
        fill(ledger, 1)


# ---- what is wrong is said


def test_another_writer_that_stays_too_long_is_named(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(ledger, 1)
    monkeypatch.setattr(connection, "WAIT_SECONDS", 0.05)
    with ledger.writing(DAY_1, "x"), pytest.raises(CannotWrite, match="正被另一个程序使用") as refusal:
        fill(ledger, 1)
    assert refusal.value.exit_code == 74


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00 and no more", b"not a ledger at all" * 200])
def test_a_file_that_is_no_ledger_is_damage(ledger: Ledger, content: bytes) -> None:
    ledger.path.parent.mkdir()
    ledger.path.write_bytes(content)
    assert not verify(ledger.path).ok
    for act in (ledger.events, lambda: fill(ledger, 1)):
        with pytest.raises(Damaged) as refusal:
            act()
        assert refusal.value.exit_code == 6
        assert "dropctl restore" in refusal.value.sentence
    assert ledger.path.read_bytes() == content


def test_a_ledger_cut_short_is_damage(ledger: Ledger) -> None:
    fill(ledger, 200)
    ledger.path.write_bytes(ledger.path.read_bytes()[:-6000])
    assert not verify(ledger.path).ok
    with pytest.raises(Damaged):
        ledger.events()


def test_a_database_of_somebody_else_is_not_taken(ledger: Ledger) -> None:
    ledger.path.parent.mkdir()
    with closing(sqlite3.connect(ledger.path)) as raw:
        raw.execute("CREATE TABLE x (y)")
        raw.commit()
    with pytest.raises(Damaged, match="不是 dropctl 的台账"):
        fill(ledger, 1)


def test_a_ledger_of_a_newer_program_is_refused(ledger: Ledger) -> None:
    fill(ledger, 1)
    with closing(sqlite3.connect(ledger.path)) as raw:
        raw.execute(f"PRAGMA user_version={schema.version() + 1}")
    for act in (ledger.events, lambda: fill(ledger, 1), lambda: verify(ledger.path)):
        with pytest.raises(Refused, match="更新版本"):
            act()


def test_an_end_that_was_changed_is_not_built_upon(ledger: Ledger) -> None:
    fill(ledger, 3)
    with forced(ledger.path) as raw:
        raw.execute("UPDATE events SET subject = 'C-2025-002' WHERE seq = 3")
    with pytest.raises(Damaged, match="第3条"):
        fill(ledger, 1)


def test_a_full_disk_loses_nothing_and_is_said(ledger: Ledger) -> None:
    fill(ledger, 1)

    def write_much() -> None:
        with ledger.writing(DAY_1, "x") as transaction:
            transaction._connection.execute("PRAGMA max_page_count=1")
            for _ in range(200):
                transaction.append(note("说" * 500))

    with pytest.raises(CannotWrite) as refusal:
        write_much()
    assert refusal.value.exit_code == 74
    assert len(ledger.events()) == 1
    assert verify(ledger.path).ok


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a/school", None),
        ("/mnt/nas/school", "cifs"),
        ("/mnt/nasal", None),
        ("/mnt/my share/x", "nfs4"),
        ("/mnt/nas/usb/x", None),
    ],
)
def test_a_network_drive_is_told_by_the_nearest_mount(path: str, kind: str | None) -> None:
    mounts = "/dev/sda / ext4 rw 0 0\n//s/x /mnt/nas cifs rw 0 0\n/dev/sdb /mnt/nas/usb vfat rw 0 0\n" \
        "h:/y /mnt/my\\040share nfs4 rw 0 0\nbroken\n"  # fmt: skip
    assert mounted_kind(path, mounts) == kind


def test_on_a_network_drive_nothing_is_written(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "network_kind", lambda folder: "nfs4")
    with pytest.raises(Refused, match=r"网络盘（nfs4）.*本机硬盘"):
        fill(ledger, 1)
    assert not ledger.path.exists()


# ---- migrations


def test_an_older_ledger_is_copied_and_brought_up_to_date(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(ledger, 3)
    new = (*schema.MIGRATIONS, ("CREATE TABLE more (x INTEGER) STRICT", "INSERT INTO more VALUES (1)"))
    monkeypatch.setattr(schema, "MIGRATIONS", new)
    assert len(ledger.events()) == 3
    assert verify(ledger.path).ok
    kept = ledger.path.with_name("ledger.v1.sqlite3")
    with closing(sqlite3.connect(kept)) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (1,)
        assert raw.execute("SELECT count(*) FROM events").fetchone() == (3,)


def test_a_migration_that_fails_leaves_the_ledger_as_it_was(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(ledger, 3)
    before = ledger.path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, ("CREATE TABLE more (x)", "CREATE NONSENSE")))
        with pytest.raises(Damaged):
            fill(ledger, 1)
    assert ledger.path.read_bytes() == before
    fill(ledger, 1)


# ---- verifying


def mutated(value: object, rng: random.Random) -> object:
    """Return a value that differs in one byte, as a hex editor would make it."""
    if isinstance(value, int):
        return value ^ (1 << rng.randrange(6))
    data = bytearray(str(value).encode() or b"\x00")
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


@pytest.mark.parametrize("count", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_one_byte_changed_in_any_event_is_found(ledger: Ledger, count: int) -> None:
    rng = random.Random(count)
    fill(ledger, 30)
    with ledger.writing(DAY_1, "x") as transaction:
        transaction.append(Draft("children", "", DAY_1, {}, {f"P-{n}": {"name": "某"} for n in range(5)}, once="a"))
    columns = {
        "events": ["seq", "batch", "command", "kind", "subject", "happened_on", "recorded_as_of", "recorded_at",
                   "facts", "parts", "previous", "hash"],
        "personal": ["id", "seq", "part", "salt", "body"],
    }  # fmt: skip
    whole = ledger.path.read_bytes()
    missed = []
    for _ in range(count):
        table = rng.choice(("events", "personal"))
        column = rng.choice(columns[table])
        with forced(ledger.path) as raw:
            rowid, seq, value = rng.choice(raw.execute(f"SELECT rowid, seq, {column} FROM {table}").fetchall())
            changed = mutated(value, rng)
            cast = "?" if isinstance(changed, int) else "CAST(? AS TEXT)"
            raw.execute("PRAGMA ignore_check_constraints=1")
            try:
                raw.execute(f"UPDATE {table} SET {column} = {cast} WHERE rowid = ?", (changed, rowid))
            except sqlite3.IntegrityError:  # another row has that number already: remove it as an attacker would
                raw.execute(f"DELETE FROM {table} WHERE seq = ?", (changed,))
                raw.execute(f"UPDATE {table} SET {column} = {cast} WHERE rowid = ?", (changed, rowid))
        found = verify(ledger.path)
        if found.ok or found.first_bad is None or found.first_bad > seq:
            missed.append((table, column, seq, found))
        ledger.path.write_bytes(whole)
    assert missed == []


def test_one_byte_changed_in_the_file_is_found(ledger: Ledger) -> None:
    rng = random.Random(1)
    fill(ledger, 30)
    whole = ledger.path.read_bytes()
    places = [whole.index(event.hash.encode()) + rng.randrange(64) for event in ledger.events()]
    places += [whole.index(f"第{n}次".encode()) for n in range(30)]
    for place in places:
        hurt = bytearray(whole)
        hurt[place] ^= 1 << rng.randrange(8)
        ledger.path.write_bytes(hurt)
        assert not verify(ledger.path).ok, place


def test_a_missing_an_added_and_a_reordered_event_are_found(ledger: Ledger) -> None:
    fill(ledger, 5)
    whole = ledger.path.read_bytes()
    for statements, bad in (
        (("DELETE FROM personal WHERE seq = 3", "DELETE FROM events WHERE seq = 3"), 3),
        (("UPDATE events SET seq = 9 WHERE seq = 2", "UPDATE events SET seq = 2 WHERE seq = 4",
          "UPDATE events SET seq = 4 WHERE seq = 9"), 2),
        (("INSERT INTO events SELECT 6, batch, command, kind, subject, happened_on, recorded_as_of, recorded_at, facts,"
          " '[]', NULL, hash, hash FROM events WHERE seq = 5",), 6),
        (("INSERT INTO personal VALUES ('x', 4, 'P-0009', '', '{}')",), 4),
    ):  # fmt: skip
        with forced(ledger.path) as raw:
            for statement in statements:
                raw.execute(statement)
        found = verify(ledger.path)
        assert (found.ok, found.first_bad) == (False, bad), statements
        ledger.path.write_bytes(whole)


def test_guards_that_were_taken_away_are_found(ledger: Ledger) -> None:
    fill(ledger, 2)
    with closing(sqlite3.connect(ledger.path)) as raw:
        raw.execute("DROP TRIGGER events_stay")
    found = verify(ledger.path)
    assert (found.ok, found.first_bad, found.events) == (False, None, 2)


def test_a_personal_part_is_known_to_the_chain_by_a_salted_digest_only(ledger: Ledger) -> None:
    fill(ledger, 1)
    with closing(sqlite3.connect(ledger.path)) as raw:
        stored = raw.execute("SELECT facts || parts || subject FROM events").fetchone()[0]
        salts = raw.execute("SELECT salt FROM personal").fetchall()
    assert "第0次" not in stored
    assert all(salt not in stored and len(salt) == 32 for (salt,) in salts)


def test_an_empty_ledger_is_whole(ledger: Ledger) -> None:
    with ledger.writing(DAY_1, "x"):
        pass
    found = verify(ledger.path)
    assert (found.ok, found.events, found.head) == (True, 0, START)


# ---- backup and restore


def test_a_backup_is_put_back_and_what_was_there_is_kept(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "b.sqlite3"
    fill(ledger, 3)
    assert back_up(ledger, target).events == 3
    fill(ledger, 2)
    found = compare(ledger, target)
    assert (found.lost, found.same_history) == (2, True)
    aside = put_back(ledger, target)
    assert len(ledger.events()) == 3
    assert aside is not None
    assert verify(aside).events == 5
    fill(ledger, 1)
    assert verify(ledger.path).ok


def test_a_damaged_ledger_is_not_backed_up_and_the_old_backup_stays(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "b.sqlite3"
    fill(ledger, 3)
    back_up(ledger, target)
    before = target.read_bytes()
    with forced(ledger.path) as raw:
        raw.execute("UPDATE events SET subject = 'C-2025-009' WHERE seq = 2")
    with pytest.raises(Damaged, match="没有备份"):
        back_up(ledger, target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["b.sqlite3"]
    assert compare(ledger, target).lost is None
    put_back(ledger, target)
    assert verify(ledger.path).events == 3


def test_a_ledger_that_is_gone_or_no_database_any_more_is_restored(ledger: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "b.sqlite3"
    fill(ledger, 3)
    back_up(ledger, target)
    ledger.path.write_bytes(b"rubbish")
    aside = put_back(ledger, target)
    assert aside is not None
    assert aside.read_bytes() == b"rubbish"
    ledger.path.unlink()
    assert put_back(ledger, target) is None
    assert len(ledger.events()) == 3


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (lambda path: path.unlink(), Refused, "找不到"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), Damaged, "备份已损坏"),
        (lambda path: path.write_bytes(b"x"), Damaged, "备份已损坏"),
    ],
)
def test_a_bad_backup_is_not_put_back(ledger: Ledger, tmp_path: Path, spoil: Any, error: Any, words: str) -> None:
    target = tmp_path / "b.sqlite3"
    fill(ledger, 30)
    back_up(ledger, target)
    spoil(target)
    with pytest.raises(error, match=words):
        compare(ledger, target)


def test_a_backup_of_another_ledger_is_seen(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "other")
    fill(ledger, 3)
    fill(other, 2)
    back_up(other, tmp_path / "b.sqlite3")
    found = compare(ledger, tmp_path / "b.sqlite3")
    assert (found.lost, found.same_history) == (3, False)


def test_a_backup_cannot_be_written_onto_the_ledger(ledger: Ledger) -> None:
    fill(ledger, 1)
    with pytest.raises(Refused, match="自己身上"):
        back_up(ledger, ledger.path)
    copy = ledger.path.with_name("copy")
    shutil.copy(ledger.path, copy)
    assert verify(copy).ok
