"""`dropctl letters`: the papers between offices, one verb per file."""
