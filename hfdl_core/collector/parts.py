"""Puts the parts of one job's collector together."""

import threading
from dataclasses import dataclass
from typing import Self

from hfdl_core.collector.done_files import DoneFiles
from hfdl_core.collector.job_collector import JobCollector
from hfdl_core.collector.lease_view import LeaseView
from hfdl_core.collector.other_sources import OtherSources
from hfdl_core.collector.others import Others
from hfdl_core.collector.patience import Patience
from hfdl_core.collector.reconciling import Reconciling
from hfdl_core.collector.shelf import Shelf
from hfdl_core.collector.syncing import Syncing
from hfdl_core.collector.telling import FinishedFiles
from hfdl_core.collector.verifying import Verifying
from hfdl_core.models import JobSpec, Token
from hfdl_core.queue import RedisClient
from hfdl_core.storage import OutputDirectory


@dataclass(frozen=True, slots=True)
class Parts:
    """Alive from the claim of a job until its end or the loss of the claim."""

    collector: JobCollector
    shelf: Shelf
    syncing: Syncing
    verifying: Verifying
    reconciling: Reconciling
    finished: FinishedFiles
    leases: LeaseView
    patience: Patience
    lost_tail: threading.Event  # somebody noticed that Redis went back in time

    @classmethod
    def of(
        cls,
        queue: RedisClient,
        spec: JobSpec,
        output: OutputDirectory,
        token: Token,
        ended: threading.Event,
        starting: Patience,
    ) -> Self:
        finished = FinishedFiles(queue, spec.job_id, token)
        lost_tail = threading.Event()
        patience = Patience(ended, lost_tail.set)
        snapshot = starting.until_answered(lambda: queue.snapshot(spec.job_id))
        bitmap = starting.until_answered(lambda: queue.completed_bitmap(spec.job_id))
        shelf = Shelf(queue, spec, DoneFiles(bitmap, snapshot.files_total))
        sources = OtherSources(Others(queue).than)
        verifying = Verifying(queue, spec, output, shelf, finished, sources, patience)
        syncing, leases = Syncing(shelf), LeaseView(queue, spec.job_id)
        return cls(
            collector=JobCollector(
                output, spec.commit, shelf, syncing, verifying, finished, leases
            ),
            shelf=shelf,
            syncing=syncing,
            verifying=verifying,
            reconciling=Reconciling(queue, spec, output, shelf, verifying),
            finished=finished,
            leases=leases,
            patience=patience,
            lost_tail=lost_tail,
        )

    def close(self) -> None:
        """Sync what came last and let go of the files; nobody may give blocks any more."""
        self.verifying.close()
        self.syncing.turn()
        self.shelf.close()
