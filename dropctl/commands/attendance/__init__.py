"""The verbs of `dropctl attendance`, one file each."""
