"""Everything that is known of one task, and what helps."""

from collections.abc import Iterator
from typing import Final

from hfdl_core.models import TaskStatus, TaskView
from hfdl_core.task_id import BatchWork, FileWork, RangeWork, parse_task_id
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.tasks.advice import what_helps
from hfdl_tui.dashboard.view.tasks.task_rows import (
    TaskFacts,
    rate_words,
    share_words,
    size_words,
    try_words,
    wait_words,
    worker_name,
)
from hfdl_tui.wording import figures

_LABEL_WIDTH: Final = 13


def task_detail(task: TaskView, facts: TaskFacts) -> list[Spans]:
    """One fact a line; the error stands whole."""
    sign = facts.glyphs.task(task.state)
    lines: list[Spans] = [
        [(task.path, "bold")],
        [sign.cell, (f" {sign.word}", sign.style)],
    ]
    if task.error:
        lines += [[], [(task.error, "")]]
    if task.state in {TaskStatus.FAILED, TaskStatus.RETRYING}:
        lines += [[], [(_help(task), "accent")]]
    lines.append([])
    return lines + [_fact(label, words) for label, words in _facts(task, facts) if words]


def _facts(task: TaskView, facts: TaskFacts) -> Iterator[tuple[str, str]]:
    yield "task", task.task_id
    yield "covers", _covers(task)
    if task.state is TaskStatus.IN_PROGRESS:
        yield "done", f"{share_words(task, facts)}, {rate_words(task, facts)}"
    tries = try_words(task, facts.max_attempts) if task.attempt else ""
    yield ("try" if task.state is TaskStatus.IN_PROGRESS else "tries"), tries
    if task.next_try_seconds is not None:
        wait = wait_words(task, facts.age)
        yield "next try", wait if wait == "due" else f"in {wait}"
    yield ("worker" if task.state is TaskStatus.IN_PROGRESS else "last worker"), worker_name(task)
    yield "cause", task.cause


def _covers(task: TaskView) -> str:
    match parse_task_id(task.task_id):
        case BatchWork(count=count):
            return f"{figures.files(count)}, {size_words(task)} together"
        case FileWork():
            return f"the whole file, {size_words(task)}"
        case RangeWork():
            begin, end = figures.count(task.begin), figures.count(task.end)
            return f"bytes {begin} to {end} of the file, {size_words(task)}"


def _help(task: TaskView) -> str:
    if task.state is TaskStatus.RETRYING:
        return "It is tried again by itself; r tries now."
    return what_helps(task.cause)


def _fact(label: str, words: str) -> Spans:
    return [(f"{label:<{_LABEL_WIDTH}}", "dim"), (words, "")]
