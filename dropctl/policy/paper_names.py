"""The papers of the ladder (三.3, 三.5) by the names they have in the catalogue of documents and in the ledger."""

from __future__ import annotations

FIRST_NOTICE, SECOND_NOTICE = "first-notice", "second-notice"
NOTICES = (FIRST_NOTICE, SECOND_NOTICE)
BUREAU_REPORT = "bureau-report"
TOWNSHIP_LETTER, GOVERNMENT_REPORT = "township-letter", "government-report"
