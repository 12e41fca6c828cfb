"""The monthly figures (CONTRACT §10): what each is, and the list it is the length of.

Pure functions over plain values: a month's facts in; figures, their lists and the balances between them out. Nothing
here reads a register, a ledger file or the clock; nothing knows what a report looks like.
"""

from dropctl.figures.counting import Line
from dropctl.figures.facts import Month, MonthFacts
from dropctl.figures.month import Balance, CountedFigure, MonthFigures, count_month

__all__ = ["Balance", "CountedFigure", "Line", "Month", "MonthFacts", "MonthFigures", "count_month"]
