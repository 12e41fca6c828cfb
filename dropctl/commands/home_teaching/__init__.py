"""The verbs of `dropctl home-teaching`, one file each."""
