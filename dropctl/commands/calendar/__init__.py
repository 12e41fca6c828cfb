"""The verbs of `dropctl calendar`, one file each."""
