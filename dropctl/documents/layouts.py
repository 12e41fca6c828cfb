"""The measures of a sheet, shared by both forms: margins, sizes, grid. What a wording says is not known here.

LETTER is the grid of GB/T 9704-2012: 22 lines of 28 characters. SHEET has room for three parts to be cut apart,
FULL_SHEET for three longer ones. FORM is filled in by hand.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of sheet, A4 upright. Margins in millimetres: top, bottom, left, right; everything else in points.

    `tracking`: what each character is moved closer, so that the grid comes out exactly. `numbered`: page numbers.
    """

    margins: tuple[float, float, float, float]
    text: float
    line: float
    title: float
    cell: float
    tracking: float
    numbered: bool

    def as_data(self) -> dict[str, object]:
        """Return the measures as plain values."""
        return asdict(self)


LETTER = Layout((37, 35, 28, 26), text=16, line=28.95, title=22, cell=10.5, tracking=0.207, numbered=True)
SHEET = Layout((13, 11, 22, 20), text=14, line=23, title=18, cell=11, tracking=0, numbered=False)
FULL_SHEET = Layout((12, 10, 22, 20), text=13, line=20.5, title=18, cell=10.5, tracking=0, numbered=False)
FORM = Layout((22, 18, 24, 22), text=12, line=20, title=20, cell=11.5, tracking=0, numbered=False)
