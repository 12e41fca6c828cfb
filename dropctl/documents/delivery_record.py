"""送达回证: how a numbered paper was handed over, to be signed by whoever received it.

Made before the delivery it has empty places to write in; made afterwards it says what was recorded.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from dropctl.documents.context import PaperContext, needed


class DeliveryRecord(PaperContext):
    """Everything the record may say. `served_on` None: not delivered yet."""

    number: str | None = Field(title="编号")
    school: str = needed("学校名称")
    paper: str
    paper_number: str
    addressee: str = needed("受送达人")
    child: str | None = Field(title="学生姓名")
    class_name: str | None = Field(title="班级")
    served_on: date | None = None
    how: str = ""
    receipt: str = ""
    receiver: str = ""
    server: str = ""
    witness: str = ""
    note: str = ""
