"""The verbs of `dropctl assistance`, one file each."""
