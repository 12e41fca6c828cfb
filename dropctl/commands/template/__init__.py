"""The verbs of `dropctl template`, one file each."""
