"""Task ids: each carries its own work, so that no look-up is needed to schedule it.

    f:<file>:<generation>:<size>                 a whole file
    r:<file>:<generation>:<begin>:<end>          a half-open byte range of a file
    b:<page>:<first>:<count>:<bytes>             a batch of tiny files within one plan page

Numbers are fixed-width lower-case hex: ids of equal priority then sort in file and byte order,
so that files finish one after another.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType

TaskId = NewType("TaskId", str)

MAX_FILES: Final = 1 << 24
MAX_GENERATION: Final = 0xFF
MAX_FILE_BYTES: Final = 1 << 44  # 16 TiB; below 2**53, so exact as a Lua number
MAX_BATCH_FILES: Final = 0xFFFF


class TaskKind(StrEnum):
    """What a task covers; the value is the first letter of its id."""

    FILE = "f"
    RANGE = "r"
    BATCH = "b"


@dataclass(frozen=True, slots=True)
class FileWork:
    """One whole file."""

    file_index: int
    generation: int
    size: int

    @property
    def task_id(self) -> TaskId:
        return TaskId(f"f:{self.file_index:06x}:{self.generation:02x}:{self.size:011x}")


@dataclass(frozen=True, slots=True)
class RangeWork:
    """The bytes [begin, end) of one file."""

    file_index: int
    generation: int
    begin: int
    end: int

    @property
    def task_id(self) -> TaskId:
        return TaskId(
            f"r:{self.file_index:06x}:{self.generation:02x}:{self.begin:011x}:{self.end:011x}"
        )


@dataclass(frozen=True, slots=True)
class BatchWork:
    """`count` tiny files of one plan page, from its entry `first` on."""

    page: int
    first: int
    count: int
    size: int

    @property
    def task_id(self) -> TaskId:
        return TaskId(f"b:{self.page:06x}:{self.first:04x}:{self.count:04x}:{self.size:011x}")


Work = FileWork | RangeWork | BatchWork

_HEX = {6: "([0-9a-f]{6})", 2: "([0-9a-f]{2})", 4: "([0-9a-f]{4})", 11: "([0-9a-f]{11})"}
_FILE = re.compile(f"f:{_HEX[6]}:{_HEX[2]}:{_HEX[11]}")
_RANGE = re.compile(f"r:{_HEX[6]}:{_HEX[2]}:{_HEX[11]}:{_HEX[11]}")
_BATCH = re.compile(f"b:{_HEX[6]}:{_HEX[4]}:{_HEX[4]}:{_HEX[11]}")


def file_index_of(text: str) -> int | None:
    """The file of a task's id, for those who look at thousands; None for a batch."""
    return None if text.startswith("b") else int(text[2:8], 16)


def parse_task_id(text: str) -> Work:
    """The work an id stands for; ValueError when it is none of ours."""
    if match := _RANGE.fullmatch(text):
        return RangeWork(*(int(number, 16) for number in match.groups()))
    if match := _FILE.fullmatch(text):
        return FileWork(*(int(number, 16) for number in match.groups()))
    if match := _BATCH.fullmatch(text):
        return BatchWork(*(int(number, 16) for number in match.groups()))
    raise ValueError(f"not a task id: {text!r}")
