"""One verb per file: read the options, call one procedure, show the outcome. Each module holds `app`."""
