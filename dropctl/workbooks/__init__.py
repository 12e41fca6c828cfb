"""Typed sheets in, an office-looking workbook out: one file per workbook, the only room that knows xlsxwriter."""
