"""The verbs of `dropctl policy`, one file each."""
