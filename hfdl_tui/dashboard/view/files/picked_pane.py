"""What is picked of a repo, and what a job of it would take: beside the files or below them."""

from dataclasses import dataclass
from typing import Final

from hfdl_tui.dashboard.view.drawing.glyphs import Glyphs
from hfdl_tui.dashboard.view.drawing.spans import Spans, cut, fitted
from hfdl_tui.dashboard.view.files.files_words import why_nothing_found
from hfdl_tui.dashboard.view.files.job_globs import JobGlobs
from hfdl_tui.dashboard.view.files.on_disk import DiskLook
from hfdl_tui.dashboard.view.files.repo_files import RepoFiles
from hfdl_tui.dashboard.view.files.weighing import Weighed
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.wording import figures

_MOST_GLOBS: Final = 6
_NOTHING_BEGUN: Final[Spans] = [("(nothing has begun; the dialog asks once more)", "dim")]
_HELP: Final = ("space picks, a all, U none", "→ opens a folder, ← closes it")


@dataclass(frozen=True, slots=True)
class Picked:
    """What is known of the picks now; `weighed` is None while it is worked out."""

    repo: RepoFiles
    store: Store
    weighed: Weighed | None
    destination: str  # as it is shown
    is_typing: bool = False  # a filter, with nothing picked: weighed when it stands
    wrong: str = ""  # with the filter

    @property
    def count(self) -> int:
        """Files that a job would take: with nothing picked what is found, else all of them."""
        found, index = self.repo.offered, self.repo.listing.index
        return self.repo.selection.count or (len(index) if found is None else found.count)

    @property
    def size(self) -> int:
        picked, found = self.repo.selection, self.repo.offered
        if picked.count:
            return picked.size
        return self.repo.listing.index.size if found is None else found.size

    @property
    def is_picked(self) -> bool:
        """Whether somebody picked anything; if not, what is found or everything is offered."""
        return bool(self.repo.selection.count)

    @property
    def why_nothing(self) -> str | None:
        return why_nothing_found(self.repo, self.wrong)

    @property
    def is_known(self) -> bool:
        """Whether it is settled which files a job would take, and there are any."""
        return not self.repo.is_searching and self.why_nothing is None


def picked_lines(picked: Picked, glyphs: Glyphs, width: int, height: int) -> list[Spans]:
    """For the pane at the right; what matters most comes first."""
    lines: list[Spans] = [[(" Picked", "bold")]]
    if not picked.is_picked:
        lines.append([(f" nothing yet{_taken_unpicked(picked)}", "dim")])
    if picked.is_known:
        lines += _files(picked, glyphs)
    if height > len(lines) + len(_HELP):
        lines += [[], *([(f" {line}", "dim")] for line in _HELP)]
    return [cut(line, width) for line in lines[:height]]


def _taken_unpicked(picked: Picked) -> str:
    if picked.why_nothing is not None:
        return ""
    return ": n takes all" if picked.repo.filter is None else ": n takes what is found"


def _files(picked: Picked, glyphs: Glyphs) -> list[Spans]:
    style = "accent" if picked.is_picked else ""
    lines: list[Spans] = [[(f" {figures.files(picked.count)}  {figures.size(picked.size)}", style)]]
    if picked.is_picked or picked.repo.filter is not None:
        lines += _globs(picked.weighed, glyphs)
    return [*lines, [], *_disk(picked, glyphs), [], *_time(picked)]


def bottom_lines(picked: Picked, glyphs: Glyphs, width: int, *, is_wide: bool) -> list[Spans]:
    """One line beside a pane; without one two lines that say the most of it."""
    offer = fitted(_offer(picked, glyphs), width, gap="")
    if not is_wide:
        return [fitted(_short_facts(picked, glyphs), width), offer]
    return [fitted([offer, _NOTHING_BEGUN], width)]


def _offer(picked: Picked, glyphs: Glyphs) -> list[Spans]:
    """What `n` would do; the later parts only where there is room."""
    weighed, workers = picked.weighed, len(picked.store.live_workers)
    if picked.why_nothing is not None:
        return [[(f" n takes nothing: {picked.why_nothing}", "dim")]]
    if picked.repo.is_searching:
        return [[(" nothing picked: n takes what is found", "")]]
    if weighed is not None and weighed.globs is None:
        return [[(f" {glyphs.warn} {weighed.globs_problem}", "warn")]]
    if not picked.is_picked:
        what, size = f" nothing picked: n takes {_all_words(picked)}", picked.size
    else:
        disk = weighed.disk if weighed else None
        what = f" n downloads {figures.files(disk.files_to_fetch if disk else picked.count)}"
        size = disk.bytes_to_fetch if disk else picked.size
    return [
        [(f"{what}, {figures.size(size)}", "")],
        [(f" {glyphs.arrow} {picked.destination}", "")],
        [(f", with {_workers(workers)}" if workers else "", "")],
    ]


def _all_words(picked: Picked) -> str:
    if picked.repo.offered is not None:
        return f"the {figures.files(picked.count)} found" if picked.count > 1 else "the file found"
    return "the only file" if picked.count == 1 else f"all {figures.files(picked.count)}"


def _workers(number: int) -> str:
    return f"{figures.count(number)} worker{'' if number == 1 else 's'}"


def _globs(weighed: Weighed | None, glyphs: Glyphs) -> list[Spans]:
    if weighed is None:
        return []
    if weighed.globs is None:
        return [[(f" {glyphs.warn} {weighed.globs_problem}", "warn")]]
    globs = weighed.globs
    if globs == JobGlobs():
        return [[(" the whole repo", "dim")]]
    signed = [f" + {glob}" for glob in globs.include]
    signed += [f" {glyphs.minus} {glob}" for glob in globs.exclude]
    lines: list[Spans] = [[(line, "dim")] for line in signed[:_MOST_GLOBS]]
    more = len(signed) - len(lines)
    if more:
        lines.append([(f"   {glyphs.ellipsis} and {figures.count(more)} more", "dim")])
    return lines


def _disk(picked: Picked, glyphs: Glyphs) -> list[Spans]:
    weighed = picked.weighed
    if weighed is None:
        return [[(_looking(picked, glyphs), "dim")]]
    disk = weighed.disk
    if disk is None:
        return [[(f" {glyphs.warn} {weighed.disk_problem}", "warn")]]
    lines: list[Spans] = [[(f" {picked.destination}", "bold")]]
    for name, files, size in (
        ("on disk", disk.files_there, disk.bytes_there),
        ("to get", disk.files_to_fetch, disk.bytes_to_fetch),
    ):
        lines.append(
            [(f" {name:<8}", "dim"), (f"{figures.size(size)}  {figures.files(files)}", "")]
        )
    lines.append([(f" {'free':<8}", "dim"), _free(disk)])
    if not disk.fits:
        lines.append([(f" {glyphs.warn} {_too_much(disk)}", "warn")])
    return lines


def _looking(picked: Picked, glyphs: Glyphs) -> str:
    if picked.is_typing:
        return " enter: looks at the disk"
    return f" looking at the disk {glyphs.ellipsis}"


def _free(disk: DiskLook) -> tuple[str, str]:
    return figures.size(disk.free_bytes), "" if disk.fits else "warn"


def _too_much(disk: DiskLook) -> str:
    return f"needs {figures.size(disk.room_needed)}: too much"


def _time(picked: Picked) -> list[Spans]:
    workers, caps = len(picked.store.live_workers), picked.store.caps()
    disk = picked.weighed.disk if picked.weighed else None
    size = picked.size if disk is None else disk.bytes_to_fetch
    if not workers:
        return [
            [(" no worker is alive: a launch", "dim")],
            [(" starts one here, J asks others", "dim")],
        ]
    them = f" {_workers(workers)}"
    if caps < 1:
        return [[(f"{them}, speed not known yet", "dim")]]
    return [[(f"{them} {figures.rate(caps)}: ", "dim"), (figures.duration(size / caps), "")]]


def _short_facts(picked: Picked, glyphs: Glyphs) -> list[Spans]:
    weighed = picked.weighed
    picks = f" {figures.files(picked.count)}, {figures.size(picked.size)}"
    facts: list[Spans] = []
    if not picked.is_known:
        return facts
    if picked.is_picked:
        facts.append([(f"{picks} picked", "accent")])
    if weighed is None:
        facts.append([(_looking(picked, glyphs), "dim")])
    elif weighed.disk is None:
        facts.append([(f" {glyphs.warn} {weighed.disk_problem}", "warn")])
    else:
        disk = weighed.disk
        if not disk.fits:
            facts.append([(f" {glyphs.warn} {_too_much(disk)}", "warn")])
        facts += [
            [(f" {figures.size(disk.free_bytes)} free", "")],
            [(f"{figures.files(disk.files_there)} on disk", "dim")],
        ]
    caps = picked.store.caps()
    if caps >= 1 and weighed is not None and weighed.disk is not None:
        facts.append([(f"about {figures.duration(weighed.disk.bytes_to_fetch / caps)}", "dim")])
    return facts
