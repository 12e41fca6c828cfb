"""协查函登记: letters in which another place asks about, or is asked about, a child (三.1, 三.3; reference §2.4).

An incoming letter has a sender, an outgoing one a recipient. What a reply means for a child, the rules say.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.tables.spec import Column, TableSpec

ASSISTANCE = TableSpec(
    kind="assistance",
    label="协查函登记",
    columns=(
        replace(shared.NAME, headings=("涉及学生姓名", "涉及学生", "协查学生姓名", "协查对象", *shared.NAME.headings)),
        shared.SEX,
        shared.ID_NUMBER,
        shared.ENROLLMENT_NUMBER,
        shared.BIRTH_DATE,
        Column(
            "received_on",
            "收函日期",
            ("收函日期", "收函时间", "来函日期", "来函时间", "收文日期"),
            steps.DATE,
            pl.Date(),
        ),
        Column("sent_on", "发函日期", ("发函日期", "发函时间", "去函日期", "发出日期"), steps.DATE, pl.Date()),
        Column("sender", "来函单位", ("来函单位", "来函机关", "来文单位", "来函地区", "来函地"), steps.OPTIONAL_TEXT),
        Column(
            "recipient",
            "发往单位",
            ("发往单位", "去函单位", "主送单位", "主送", "协查单位", "发函对象"),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "letter_number",
            "函件文号",
            ("来函文号", "协查函文号", "协查函编号", "函件文号", "发函文号", "来文文号", "函号", "文号"),
            steps.OPTIONAL_TEXT,
        ),
        Column(
            "origin_school",
            "原籍学校",
            ("原籍学校", "原学籍学校", "原就读学校", "原学校"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "purpose",
            "来函事由",
            ("来函事由", "事由", "协查事由", "协查事项", "协查内容"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "handler",
            "承办单位",
            ("承办学校/乡镇", "承办学校", "承办乡镇", "承办单位", "承办人"),
            steps.OPTIONAL_TEXT,
            fills_blanks=True,
        ),
        Column(
            "assigned_on", "交办日期", ("交办日期", "交办时间", "转办日期"), steps.DATE, pl.Date(), asks_if_twice=False
        ),
        Column(
            "result",
            "核查结果",
            ("核查结果", "协查结果", "核实结果", "核查情况", "回函结果", "反馈结果"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "found_school",
            "查明就读学校",
            (
                "就读学校年级学籍号",
                "就读学校年级",
                "就读学校及年级",
                "查明就读学校",
                "现就读学校",
                "就读学校",
                "就读学校和年级",
            ),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column("replied_on", "复函日期", ("复函日期", "复函时间", "回函日期", "回函时间"), steps.DATE, pl.Date()),
        Column("reply_number", "复函文号", ("复函文号", "回函文号", "复函编号"), steps.OPTIONAL_TEXT),
        Column("closed", "是否办结", ("是否办结", "办结情况", "是否已办结"), steps.YES_NO),
        shared.NOTE,
    ),
    required=("name",),
    evidence={
        "sender": 4,
        "recipient": 4,
        "received_on": 3,
        "sent_on": 3,
        "reply_number": 3,
        "replied_on": 3,
        "letter_number": 1,
        "result": 2,
        "purpose": 2,
        "origin_school": 1,
        "assigned_on": 2,
        "closed": 1,
    },
    needed=6,
    title_words={"协查": 4, "来函": 2},
)
