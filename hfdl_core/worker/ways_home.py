"""The two ways in which a worker's bytes come home: to its own disk, or to a job's collector."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from hfdl_core.worker.bring_home import BringHome
from hfdl_core.worker.gathering import Gathering
from hfdl_core.worker.trailing import Trailing


@dataclass(frozen=True, slots=True)
class WaysHome:
    """What a task's delivery chooses from."""

    bring_home: BringHome
    gathering: Gathering
    trailing: Trailing
    pool: ThreadPoolExecutor  # for the files of batches
