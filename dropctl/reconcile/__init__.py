"""Decides which rows are the same child and says why; knows no rule of the plan and opens no file."""
