"""The tables of the ledger and how an older file becomes the present one: single statements, one list per version."""

from __future__ import annotations

APPLICATION_ID = 0x64726F70  # "drop": tells our file from any other SQLite file

_APPEND_ONLY = "SELECT RAISE(ABORT, 'append-only')"

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL,
    command TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_as_of TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    facts TEXT NOT NULL,
    parts TEXT NOT NULL,
    once TEXT UNIQUE,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT""",
        "CREATE INDEX events_by_kind ON events (kind, seq)",
        """CREATE TABLE personal (
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES events (seq),
    part TEXT NOT NULL,
    salt TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT""",
        "CREATE INDEX personal_by_event ON personal (seq)",
        f"CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN {_APPEND_ONLY}; END",
        f"CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN {_APPEND_ONLY}; END",
        f"CREATE TRIGGER personal_stays BEFORE UPDATE ON personal BEGIN {_APPEND_ONLY}; END",
        f"CREATE TRIGGER personal_remains BEFORE DELETE ON personal BEGIN {_APPEND_ONLY}; END",
    ),
)


def version() -> int:
    """Return the version this program writes."""
    return len(MIGRATIONS)
