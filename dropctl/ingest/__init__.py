"""Turns whatever a school sent into register tables with true addresses, plus issues; never loses a row."""
