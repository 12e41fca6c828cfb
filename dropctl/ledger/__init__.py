"""What was found and done, remembered by appending to one SQLite file that can prove nothing was changed.

Fields of a child or a case are computed from events (`children`, `cases`); nothing is ever typed over.
"""

from dropctl.ledger.events import Draft, Event
from dropctl.ledger.store import LEDGER, Ledger, Transaction

__all__ = ["LEDGER", "Draft", "Event", "Ledger", "Transaction"]
