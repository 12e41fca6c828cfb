"""送教上门记录: one row per visit to a child taught at home (三.7; reference §2.7).

The approval that puts a child on home teaching stands in the approval register, not here.
"""

from __future__ import annotations

import polars as pl

from dropctl.registers import columns as shared
from dropctl.registers import steps
from dropctl.tables.spec import Column, TableSpec

HOME_TEACHING = TableSpec(
    kind="home_teaching",
    label="送教上门记录",
    columns=(
        shared.NAME,
        shared.SEX,
        shared.ID_NUMBER,
        shared.ENROLLMENT_NUMBER,
        shared.BIRTH_DATE,
        Column(
            "teaching_school",
            "送教学校",
            ("送教学校", "责任学校", "承担学校", "学校名称", "学校"),
            steps.TEXT,
            asks_if_twice=False,
        ),
        Column(
            "stated_grade", "年级", ("年级", "所在年级", "就读年级", "学籍年级"), steps.CLASS_TEXT, asks_if_twice=False
        ),
        Column("disability_type", "残疾类别", ("残疾类别", "残疾类型", "残疾种类"), steps.TEXT),
        Column(
            "visited_on",
            "送教日期",
            ("送教日期", "送教时间", "上门日期", "上门时间", "送教上门日期", "送教上门时间", "日期"),
            steps.DATE,
            pl.Date(),
        ),
        Column("hours", "起止时间", ("起止时间", "送教起止时间", "时间段"), steps.OPTIONAL_TEXT, asks_if_twice=False),
        Column(
            "lessons",
            "课时",
            ("课时", "送教课时", "课时数", "节数", "送教课时数"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "place", "送教地点", ("送教地点", "地点", "送教地址", "送教方式"), steps.OPTIONAL_TEXT, asks_if_twice=False
        ),
        Column(
            "teacher",
            "送教教师",
            ("送教教师", "送教老师", "送教教师姓名", "送教人员", "送教人", "责任教师", "任课教师", "教师姓名", "教师"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "content",
            "送教内容",
            ("送教内容", "教学内容", "送教上门内容", "授课内容", "训练内容", "内容"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "response",
            "学生表现",
            ("学生表现", "学生反应", "送教效果", "教学效果"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "feedback",
            "家长反馈",
            ("家长反馈", "家长意见", "家长签字", "家长签名"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        Column(
            "next_visit",
            "下次计划",
            ("下次计划", "下次送教", "下次送教计划", "下次送教内容"),
            steps.OPTIONAL_TEXT,
            asks_if_twice=False,
        ),
        shared.NOTE,
    ),
    required=("name", "visited_on"),
    evidence={
        "visited_on": 1,
        "lessons": 3,
        "teacher": 4,
        "content": 3,
        "hours": 1,
        "response": 1,
        "feedback": 1,
        "next_visit": 1,
        "place": 1,
    },
    needed=6,
    title_words={"送教": 4, "审批": -6},
)
