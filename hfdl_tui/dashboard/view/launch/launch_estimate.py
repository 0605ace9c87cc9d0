"""Works out what a launch would take: how much, where to, and whether that place has the room."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hfdl_core.master import DryRun, JobRequest
from hfdl_core.storage import OutputDirectory
from hfdl_tui.dashboard.source import Source
from hfdl_tui.operations.destination import Destination

_ROUNDING_BYTES: Final = 8192  # a file takes at most so much more of a disk than it is long

Filters = tuple[tuple[str, ...], tuple[str, ...]]  # includes, excludes


@dataclass(frozen=True, slots=True)
class Totals:
    """Of the files that the filters let pass."""

    files: int
    size: int  # bytes
    is_counted: bool  # by a dry run; else as whoever opened the dialog says


@dataclass(frozen=True, slots=True)
class Estimate:
    """As far as it is known; `place` needs at most what it says while `missing` is unknown."""

    place: Destination
    totals: Totals | None
    missing: int | None  # bytes that are not in the place yet

    @property
    def is_enough(self) -> bool:
        """Whether one may launch on this: the rest of it can only be better."""
        return self.totals is not None and self.place.fits

    @property
    def is_hopeless(self) -> bool:
        """Whether it is certain that the place is too small."""
        return self.missing is not None and not self.place.fits


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be worked out."""

    request: JobRequest
    known: Totals | None

    @property
    def filters(self) -> Filters:
        return self.request.include, self.request.exclude


class OutdatedError(Exception):
    """The answer is not wanted any more."""


def estimate(
    source: Source,
    question: Question,
    tell: Callable[[str], None],
    on_guess: Callable[[Estimate], None],
) -> Estimate:
    """Guess at once from what is known, then ask the Hub where that is not enough.

    HfdlError leaves for whatever a launch would be refused for, too. What `tell` raises ends it.
    """
    request, known = question.request, question.known
    most = 0 if known is None else known.size + _ROUNDING_BYTES * known.files
    guess = Estimate(Destination.look(request, request.repo, most), known, missing=None)
    on_guess(guess)
    if known is not None and known.is_counted and guess.is_enough and _is_empty(guess.place):
        # Listing a repo again for each place that is tried would wear out the Hub's patience.
        return Estimate(guess.place, known, missing=known.size)
    return _of(source.dry_run(request, tell))


def _of(plan: DryRun) -> Estimate:
    need = plan.need
    on_disk = plan.bytes_total if need is None else need.bytes_on_disk
    return Estimate(
        Destination.of(plan.spec, on_disk),
        Totals(plan.files_total, plan.bytes_total, is_counted=True),
        missing=plan.bytes_total if need is None else need.bytes_to_fetch,
    )


def _is_empty(place: Destination) -> bool:
    """Whether nothing lies there already; what lies on the workers' disks nobody can tell."""
    return place.free_bytes is None or OutputDirectory(Path(place.path)).is_empty()
