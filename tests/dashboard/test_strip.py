"""A strip tells the truth about every byte, and hides no worker that it has room for."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hfdl_core.queue import FileInProgress
from hfdl_tui.dashboard.view.overview.strip import (
    ON_DISK,
    VERIFIED,
    WAITING,
    Cell,
    Fetching,
    strip_of,
)
from tests.dashboard.fakes import a_file


def drawn(cells: Sequence[Cell]) -> str:
    """One character a cell; a worker's is the last of its name."""
    signs = {VERIFIED: "#", ON_DISK: "=", WAITING: "."}
    return "".join(
        cell.lease.worker_id[-1] if isinstance(cell, Fetching) else signs[cell] for cell in cells
    )


def bytes_of(cell: int, size: int, width: int) -> range:
    """At least one byte, also where a file has fewer bytes than cells."""
    begin = size * cell // width
    return range(begin, max(begin + 1, size * (cell + 1) // width))


def window(file: FileInProgress, lease: int, width: int) -> list[int]:
    """The cells that hold what this lease has yet to fetch."""
    held = file.leases[lease]
    wanted = range(min(held.position, held.end - 1), held.end)
    return [
        cell
        for cell in range(width)
        if (some := bytes_of(cell, file.size, width)).start < wanted.stop
        and wanted.start < some.stop
    ]


@st.composite
def files(draw: st.DrawFn) -> FileInProgress:
    """Cut anywhere; each piece is on disk, waits, or is held by a worker who has begun it."""
    size = draw(st.integers(1, 5000))
    cuts = draw(st.lists(st.integers(0, size), max_size=20))
    open_, leases = [], []
    for number, (begin, end) in enumerate(pairwise(sorted({0, *cuts, size}))):
        kind = draw(st.sampled_from(("here", "open", "held")))
        position = draw(st.integers(begin, end)) if kind == "held" else begin
        if kind != "here" and position < end:
            open_.append((position, end))
        if kind == "held":
            leases.append((f"w-{chr(ord('a') + number)}", begin, position, end))
    return a_file(size=size, open=open_, leases=leases)


def test_disk_worker_and_waiting_are_seen_where_they_are() -> None:
    file = a_file(size=100, open=[(30, 40), (40, 100)], leases=[("w-a", 0, 30, 40)])

    assert drawn(strip_of(file, 10)) == "===a......"


def test_verified_file_is_full() -> None:
    assert drawn(strip_of(a_file(size=7, is_verified=True), 5)) == "#####"


def test_cell_that_lacks_one_byte_is_not_on_disk() -> None:
    assert drawn(strip_of(a_file(size=100, open=[(39, 40)]), 10)) == "===.======"


def test_leases_that_share_a_cell_are_seen_side_by_side() -> None:
    leases = [("w-a", 0, 50, 400), ("w-b", 400, 450, 460), ("w-c", 460, 470, 1000)]
    file = a_file(size=1000, open=[(50, 400), (450, 460), (470, 1000)], leases=leases)

    assert drawn(strip_of(file, 10)) == "a...bc...."


def test_where_only_one_letter_fits_the_one_further_along_is_seen() -> None:
    leases = [("w-a", 0, 10, 40), ("w-b", 40, 60, 99)]
    file = a_file(size=1000, open=[(10, 40), (60, 99), (100, 1000)], leases=leases)

    assert drawn(strip_of(file, 10)) == "b........."


def test_position_at_the_end_of_its_range_is_seen_within_it() -> None:
    file = a_file(size=100, open=[(50, 100)], leases=[("w-a", 0, 50, 50)])

    assert drawn(strip_of(file, 10)) == "====a....."


def test_empty_file_and_no_room_are_no_trouble() -> None:
    assert drawn(strip_of(a_file(size=0), 3)) == "==="
    assert strip_of(a_file(size=10), 0) == []


@given(files(), st.integers(1, 120))
@settings(max_examples=300, deadline=None)
def test_every_cell_tells_the_truth(file: FileInProgress, width: int) -> None:
    cells = strip_of(file, width)

    assert len(cells) == width
    missing = {byte for span in file.open for byte in range(span.begin, span.end)}
    for number, cell in enumerate(cells):
        lacks = not missing.isdisjoint(bytes_of(number, file.size, width))
        if isinstance(cell, Fetching):
            assert number in window(file, file.leases.index(cell.lease), width)
        else:
            assert cell is (WAITING if lacks else ON_DISK)


@given(files(), st.integers(1, 120))
@settings(max_examples=300, deadline=None)
def test_every_lease_has_its_letter_or_its_cells_are_full_of_others(
    file: FileInProgress, width: int
) -> None:
    cells = strip_of(file, width)

    for number, lease in enumerate(file.leases):
        places = [cells[cell] for cell in window(file, number, width)]
        is_seen = any(isinstance(cell, Fetching) and cell.lease == lease for cell in places)
        assert is_seen or all(isinstance(cell, Fetching) for cell in places)
