"""What each kind of list is called, what its columns are called on paper, what must hold: one file per kind.

A new register is one file here and one line in `ALL`. The reader, the manual page and the tests follow.
"""

from dropctl.registers.absence import ABSENCE
from dropctl.registers.approval import APPROVAL
from dropctl.registers.assistance import ASSISTANCE
from dropctl.registers.disability import DISABILITY
from dropctl.registers.districts import DISTRICTS
from dropctl.registers.enrollment import ENROLLMENT, PREVIOUS
from dropctl.registers.home_teaching import HOME_TEACHING
from dropctl.registers.household import HOUSEHOLD
from dropctl.registers.poverty import POVERTY
from dropctl.registers.presence import PRESENCE
from dropctl.registers.schools import SCHOOLS
from dropctl.registers.transfer import TRANSFER
from dropctl.tables.spec import TableSpec

ALL: tuple[TableSpec, ...] = (
    ENROLLMENT,
    PRESENCE,
    ABSENCE,
    POVERTY,
    DISABILITY,
    HOUSEHOLD,
    PREVIOUS,
    APPROVAL,
    TRANSFER,
    ASSISTANCE,
    HOME_TEACHING,
    DISTRICTS,
    SCHOOLS,
)
BY_KIND: dict[str, TableSpec] = {spec.kind: spec for spec in ALL}

__all__ = ["ALL", "BY_KIND"]
