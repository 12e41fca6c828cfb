"""`dropctl audit …`: one file per sub-command."""
