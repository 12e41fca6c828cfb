"""Official papers: a typed context and a wording make a file. No paper matches children or reads a spreadsheet."""
