"""One odd file and its expected outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dropctl.tables.raw import Cell
from odd_files.making import Make


@dataclass(frozen=True)
class Case:
    """`cells`: values by address on sheet number `sheet`, read from the file `file` that `make` makes.

    `says`: each stands in one of the sentences about the file; an empty tuple asks for silence. `refused`: all stand in
    the one sentence of the refusal, and nothing is read. `rows`: how many rows the sheet has.
    """

    title: str
    file: str
    make: Make
    cells: Mapping[str, Cell] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    sheet: int = 0
    rows: int | None = None
    slow: bool = False
