"""A school's own settings and folders."""

from dropctl.workspace.config import (
    CONFIG_NAME,
    INBOX,
    OUT,
    STATE,
    Workspace,
    find_workspace,
    toml_document,
)
from dropctl.workspace.making import add_term, config_text, create_workspace, term_name, with_term

__all__ = [
    "CONFIG_NAME",
    "INBOX",
    "OUT",
    "STATE",
    "Workspace",
    "add_term",
    "config_text",
    "create_workspace",
    "find_workspace",
    "term_name",
    "toml_document",
    "with_term",
]
