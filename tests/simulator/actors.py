"""Virtual workers: what they hold, what lies on their disks, and whether they heed a verdict."""

from dataclasses import dataclass, field

from hfdl_core.models import DownloadTask, Token
from hfdl_core.queue import RedisClient
from hfdl_core.task_id import TaskKind


@dataclass(slots=True)
class Holding:
    """A lease as its worker sees it, which may be long after it was lost."""

    task: DownloadTask
    end: int  # as last told by the queue
    written: int  # durable position; bytes, for a batch files
    is_zombie: bool = False  # was told that the lease is lost, and goes on all the same


@dataclass(slots=True)
class Actor:
    """Someone with a client of its own, which remembers how far the queue had come."""

    name: str
    client: RedisClient
    epoch: str = ""  # of the record that it last spoke of; empty when it will ask
    highest_seq: dict[str, int] = field(default_factory=dict)  # by epoch

    def known_seq(self, epoch: str) -> int:
        return self.highest_seq.get(epoch, 0)

    def heard(self, epoch: str, seq: int) -> None:
        self.epoch = epoch
        self.highest_seq[epoch] = seq

    def forget(self) -> None:
        self.epoch = ""


@dataclass(slots=True)
class VirtualWorker(Actor):
    boot: int = 0
    minted: int = 0
    holdings: dict[Token, Holding] = field(default_factory=dict)
    # Every lease ever taken, for when Redis goes back to a time when it was held.
    history: dict[Token, Holding] = field(default_factory=dict)
    # What is durable on this worker's own disk, by file and generation: where it goes on when it
    # gets the same whole file again.
    disk: dict[tuple[int, int], int] = field(default_factory=dict)

    def new_token(self) -> Token:
        self.minted += 1
        return Token(f"{self.name}/{self.boot}.{self.minted}")

    def die(self) -> None:
        """kill -9: leases and unreported progress are forgotten; the disk stays."""
        self.boot += 1
        self.minted = 0
        self.holdings.clear()

    def take(self, task: DownloadTask) -> None:
        resumed = task.begin
        if task.kind is TaskKind.FILE:
            resumed = self.disk.get((task.file_index, task.generation), 0)
        holding = Holding(task=task, end=task.end, written=resumed)
        self.holdings[task.token] = self.history[task.token] = holding
