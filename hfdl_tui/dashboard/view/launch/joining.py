"""Join lines without their password, and who has joined."""

import re
from typing import Final

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans
from hfdl_tui.dashboard.view.store import Store

_PASSWORD: Final = re.compile(r"(?P<before>://[^:/@\s]*:)[^@\s]*(?=@)")
_SHOWN: Final = 8


def masked(line: str) -> str:
    return _PASSWORD.sub(r"\g<before>***", line)


def who_joined(store: Store, glyphs: Glyphs) -> list[Spans]:
    """The machines that are there now, with what keeps one from working."""
    live = store.live_workers
    if not live:
        return [[("nobody has joined yet", "dim")]]
    lines: list[Spans] = []
    for worker in live[:_SHOWN]:
        sign = glyphs.worker(worker.status)
        reason = f": {worker.reason}" if worker.reason else ""
        lines.append([sign.cell, (f" {worker.worker_id} on {worker.host}{reason}", "")])
    if len(live) > _SHOWN:
        lines.append([(f"and {len(live) - _SHOWN} more", "dim")])
    return lines
