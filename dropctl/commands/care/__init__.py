"""The verbs of `dropctl care`, one file each."""
