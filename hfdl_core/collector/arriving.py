"""One file on its way: which stage it has reached, and what holds its bytes."""

import threading
from dataclasses import dataclass, field
from enum import Enum, auto

from hfdl_core.models import RepoFile
from hfdl_core.storage import GatheredFile


class Stage(Enum):
    NEW = auto()  # nobody has looked yet at what is on the disk
    CHECKING = auto()  # a file of this name and size is being hashed
    OPEN = auto()  # takes blocks
    VERIFYING = auto()  # whole; its digest is being compared
    DONE = auto()  # in its place


@dataclass(slots=True)
class ArrivingFile:
    """Stages change under the lock; bytes are written without it."""

    index: int
    file: RepoFile
    generation: int
    stage: Stage = Stage.NEW
    content: GatheredFile | None = None
    used_at: float = 0.0
    lock: threading.RLock = field(default_factory=threading.RLock)
