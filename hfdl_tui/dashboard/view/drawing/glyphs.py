"""Which sign stands for what: shape first, colour only repeats it; each with a twin in ASCII."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from hfdl_core.models import JobState, TaskStatus, WorkerState


class Sign(NamedTuple):
    """How a state is shown."""

    glyph: str
    style: str  # a style name of the tables
    word: str

    @property
    def cell(self) -> tuple[str, str]:
        """For a table."""
        return self.glyph, self.style


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Every sign is one column wide, and none has an emoji form that would be two."""

    running: str
    idle: str
    paused: str
    draining: str
    check: str
    cross: str
    warn: str
    retry: str
    unknown: str

    verified: str
    on_disk: str
    waiting: str

    bar_steps: str  # from nothing to a full column
    bar_left: str
    bar_right: str
    levels: str  # from nothing to full height

    closed: str
    opened: str
    picked: str
    partly: str
    unpicked: str

    descending: str
    ascending: str
    cursor: str
    cursor_blurred: str
    mark: str

    ellipsis: str
    dash: str
    minus: str
    separator: str
    rule: str
    upright: str
    tee: str
    axis: str
    axis_zero: str
    arrow: str

    @staticmethod
    def of(ascii: bool) -> "Glyphs":  # noqa: A002 - it is named like the option
        return ASCII if ascii else UNICODE

    @property
    def is_ascii(self) -> bool:
        return self.running.isascii()

    def worker(self, state: WorkerState) -> Sign:
        return self._sign(*_WORKERS[state])

    def job(self, state: JobState) -> Sign:
        return self._sign(*_JOBS[state])

    def task(self, state: TaskStatus) -> Sign:
        return self._sign(*_TASKS[state])

    @property
    def stalled(self) -> Sign:
        """Slow, stalled or old."""
        return Sign(self.warn, "warn", "STALLED")

    @property
    def no_data(self) -> Sign:
        return Sign(self.unknown, "idle", "UNKNOWN")

    def _sign(self, field: str, style: str, word: str) -> Sign:
        return Sign(str(getattr(self, field)), style, word)


UNICODE: Final = Glyphs(
    running="●",
    idle="○",
    paused="‖",
    draining="◌",
    check="✓",
    cross="✗",
    warn="▲",
    retry="↻",
    unknown="?",
    verified="█",
    on_disk="▓",
    waiting="·",
    bar_steps=" ▏▎▍▌▋▊▉█",
    bar_left="▕",
    bar_right="▏",
    levels=" ▁▂▃▄▅▆▇█",
    closed="▸",
    opened="▾",
    picked="▣",
    partly="◪",
    unpicked="▢",
    descending="▼",
    ascending="▲",
    cursor="▌",
    cursor_blurred="▏",
    mark=">",
    ellipsis="…",
    dash="—",
    minus="−",
    separator="·",
    rule="─",
    upright="│",
    tee="┬",
    axis="┤",
    axis_zero="┼",
    arrow="→",
)

ASCII: Final = Glyphs(
    running="*",
    idle=".",
    paused="=",
    draining="o",
    check="+",
    cross="x",
    warn="!",
    retry="~",
    unknown="?",
    verified="#",
    on_disk="=",
    waiting=".",
    bar_steps=" #",
    bar_left="[",
    bar_right="]",
    levels=" .,:-=+*#",
    closed=">",
    opened="v",
    picked="#",
    partly="-",
    unpicked=".",
    descending="v",
    ascending="^",
    cursor="|",
    cursor_blurred=":",
    mark=">",
    ellipsis="~",
    dash="-",
    minus="-",
    separator="-",
    rule="-",
    upright="|",
    tee="+",
    axis="|",
    axis_zero="+",
    arrow=">",
)

_WORKERS: Final = {
    WorkerState.STARTING: ("idle", "idle", "STARTING"),
    WorkerState.IDLE: ("idle", "idle", "IDLE"),
    WorkerState.WORKING: ("running", "running", "WORKING"),
    WorkerState.DRAINING: ("draining", "drain", "DRAINING"),
    WorkerState.STEPPED_ASIDE: ("warn", "warn", "STEPPED ASIDE"),
    WorkerState.LATE: ("warn", "warn", "LATE"),
    WorkerState.LOST: ("cross", "failed", "LOST"),
    WorkerState.LEFT: ("idle", "dim", "LEFT"),
    WorkerState.DUPLICATE: ("warn", "warn", "DUPLICATE"),
}

_JOBS: Final = {
    JobState.PLANNING: ("idle", "idle", "PLANNING"),
    JobState.RUNNING: ("running", "running", "RUNNING"),
    JobState.PAUSED: ("paused", "paused", "PAUSED"),
    JobState.COMPLETED: ("check", "done", "DONE"),
    JobState.FAILED: ("cross", "failed", "FAILED"),
    JobState.CANCELLED: ("idle", "dim", "CANCELLED"),
}

_TASKS: Final = {
    TaskStatus.PENDING: ("idle", "idle", "WAITING"),
    TaskStatus.IN_PROGRESS: ("running", "running", "RUNNING"),
    TaskStatus.COMPLETED: ("check", "done", "DONE"),
    TaskStatus.FAILED: ("cross", "failed", "FAILED"),
    TaskStatus.RETRYING: ("retry", "retry", "RETRY"),
}

_UTF8: Final = frozenset({"utf8", "utf8mb4"})
_NO: Final = frozenset({"0", "false", "no", "off"})
_C_LOCALES: Final = frozenset({"C", "POSIX"})
_PYTHONS_OWN: Final = frozenset({"C.UTF-8", "C.utf8", "UTF-8"})  # what it sets in place of C
_POOR_TERMINALS: Final = frozenset({"linux"})  # the console's font lacks most of the signs


def wants_ascii(environ: Mapping[str, str], encoding: str | None) -> bool:
    """Whether a terminal cannot be trusted with more than ASCII; HFDL_ASCII=1 or 0 decides."""
    asked = environ.get("HFDL_ASCII", "").strip().lower()
    if asked:
        return asked not in _NO
    is_utf8 = (encoding or "").lower().replace("-", "").replace("_", "") in _UTF8
    return not is_utf8 or _is_told_c(environ) or environ.get("TERM") in _POOR_TERMINALS


def _is_told_c(environ: Mapping[str, str]) -> bool:
    """Whether the locale was set to C: Python writes UTF-8 all the same, the terminal may not."""
    kind = environ.get("LC_CTYPE", "")
    told = environ.get("LC_ALL") or ("" if kind in _PYTHONS_OWN else kind) or environ.get("LANG")
    return told in _C_LOCALES
