"""Says which files are marked, in as few globs as a job's filters need to mean just these."""

from glob import escape
from typing import Final, NamedTuple

from hfdl_core.errors import UsageError
from hfdl_core.planning import LONGEST_GLOB
from hfdl_tui.dashboard.view.files.folder_globs import FolderCosts, Target, covering
from hfdl_tui.dashboard.view.files.selection import GlobMark, MarkedFiles
from hfdl_tui.wording import figures

MOST_GLOBS: Final = 2000


class JobGlobs(NamedTuple):
    """The filters of a job: without includes it means the whole repo but for the excludes."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def job_globs(marked: MarkedFiles) -> JobGlobs:
    """UsageError when nothing is marked, or too much here and there to be said.

    May take a second for a million files.
    """
    if marked.count == 0:
        raise UsageError("no file is marked: space marks one, a marks all")
    if marked.count == len(marked.index):
        return JobGlobs()
    tree = FolderCosts(marked.index, marked.flags)
    typed = _as_typed(marked, most=min(tree.cost, MOST_GLOBS))
    if typed is not None:
        return typed
    if tree.cost > MOST_GLOBS:
        raise UsageError(
            f"to say which files these are takes {figures.count(tree.cost)} globs and a job has at "
            f"most {figures.count(MOST_GLOBS)}: pick whole folders, or filter by a glob"
        )
    include, exclude = tree.targets()
    return JobGlobs(
        tuple(_glob(marked, target) for target in include),
        tuple(_glob(marked, target) for target in exclude),
    )


def _as_typed(marked: MarkedFiles, most: int) -> JobGlobs | None:
    """The globs that were typed, put right by further ones; None when it takes more than `most`."""
    own = _number(marked.flags)
    meant = [mark for mark in marked.globs if _is_meant(mark, own)]
    if not meant:
        return None
    found = 0
    for mark in meant:
        found |= _number(mark.flags)
    globs = tuple(dict.fromkeys(glob for mark in meant for glob in mark.globs))
    if any(len(glob) > LONGEST_GLOB for glob in globs):
        return None
    if any(mark.is_inverted for mark in meant):
        # Only as it was typed: what a job leaves out it leaves out whatever else is named.
        return JobGlobs((), globs) if len(meant) == 1 and found == own else None
    everything = _number(b"\1" * len(marked.index))
    room = most - len(globs)
    lacking = covering(marked.index, _flags(own & ~found, marked), marked.flags, room)
    unmarked = _flags(everything ^ own, marked)
    too_many = covering(marked.index, _flags(found & ~own, marked), unmarked, room)
    if lacking is None or too_many is None or len(lacking) + len(too_many) > room:
        return None
    return JobGlobs(
        (*globs, *(_glob(marked, target) for target in lacking)),
        tuple(_glob(marked, target) for target in too_many),
    )


def _is_meant(mark: GlobMark, own: int) -> bool:
    """Whether most of what the glob found is still marked."""
    both = _number(mark.flags) & own
    return 2 * both.bit_count() > mark.flags.count(1)


def _glob(marked: MarkedFiles, target: Target) -> str:
    if target.is_folder:
        glob = f"{escape(marked.index.folder_path(target.number))}*"
    else:
        path = marked.index.paths[target.number]
        # A job refuses a glob of nothing but blanks, and repos may hold such a file.
        glob = escape(path) if path.strip() else f"[{path[0]}]{path[1:]}"
    if len(glob) > LONGEST_GLOB:
        raise UsageError(
            f"{glob[:60]!r}… is too long a path for a job's filters: mark the folder above it"
        )
    return glob


def _number(flags: bytes) -> int:
    return int.from_bytes(flags, "little")


def _flags(number: int, marked: MarkedFiles) -> bytes:
    return number.to_bytes(len(marked.index), "little")
