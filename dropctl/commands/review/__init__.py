"""`dropctl review`: uncertain pairs out to people and back, one verb per file."""
