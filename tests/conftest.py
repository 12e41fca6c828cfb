"""What every test stands on: the checkout's folder, repeatable examples, and no settings from outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

CHECKOUT = Path(__file__).resolve().parent.parent

# The everyday run draws the same examples every time; `make test-all` looks further (profile "wide").
settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=60, database=None)
settings.register_profile(
    "wide",
    deadline=None,
    max_examples=300,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the root of the checkout under test."""
    return CHECKOUT


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what a developer's shell may set for dropctl or for the width and colour of a terminal."""
    for name in list(os.environ):
        if name.startswith("DROPCTL_") or name in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}:
            monkeypatch.delenv(name)
