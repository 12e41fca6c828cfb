"""The verbs of `dropctl case`, one file each."""
