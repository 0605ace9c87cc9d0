"""What is typed into the launch dialog, and what a launch would take, without a screen."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.errors import BadGlob, DestinationRefused, HubUnavailable, UsageError
from hfdl_core.master import DryRun, JobRequest
from hfdl_core.models import Delivery, RepoType
from hfdl_core.storage import DiskNeed
from hfdl_tui.dashboard.view.drawing.spans import plain
from hfdl_tui.dashboard.view.launch import launch_words as words
from hfdl_tui.dashboard.view.launch.launch_estimate import (
    Estimate,
    OutdatedError,
    Question,
    Totals,
    estimate,
)
from hfdl_tui.dashboard.view.launch.launching import (
    Form,
    LaunchChoice,
    globs_of,
    instead_of,
    request_of,
    text_of,
)
from hfdl_tui.dashboard.view.store import Store
from hfdl_tui.operations.destination import Destination
from tests.dashboard.fakes import GB, MB, FakeSource, a_dry_run, a_view, a_worker

CHOICE = LaunchChoice("acme/model-9b", RepoType.MODEL, "main", ("*.bin",), ("x/*",), 10, 5 * GB)
LISTED = Totals(10, 1000, is_counted=False)
COUNTED = Totals(10, 1000, is_counted=True)
LACKING = DiskNeed(bytes_to_fetch=400, bytes_on_disk=8192, inodes=4)
# What nobody could type is not offered to be edited.
GLOBS = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1)


# --- what is typed --------------------------------------------------------------------------------


@given(st.lists(GLOBS, max_size=6))
def test_what_is_shown_of_globs_means_the_same_when_it_is_typed(globs: list[str]) -> None:
    text = text_of(globs)

    assert text is None or globs_of(text) == tuple(globs)


def test_globs_are_shown_as_a_person_types_them() -> None:
    assert text_of(["data/*.json", "[ab]?.bin"]) == "data/*.json [ab]?.bin"
    assert text_of(["a b.txt"]) == "'a b.txt'"
    assert text_of([]) == ""


@pytest.mark.parametrize("globs", [["x" * 501], ["ab"] * 300, ["a\x1b]0;PWNED\x07"], ["a\nb"]])
def test_globs_that_nobody_can_edit_are_kept_as_they_were_picked(globs: list[str]) -> None:
    choice = replace(CHOICE, include=tuple(globs))

    request = request_of(choice, Form(include=text_of(globs), exclude="x"))

    assert text_of(globs) is None
    assert (request.include, request.exclude) == (tuple(globs), ("x",))
    assert instead_of(globs).startswith(f"{len(globs)} glob")


def test_the_fields_make_the_request() -> None:
    form = Form(Delivery.KEEP, " sub/dir ", "a b", "", replace=True)

    assert request_of(CHOICE, form) == JobRequest(
        repo="acme/model-9b",
        repo_type=RepoType.MODEL,
        revision="main",
        include=("a", "b"),
        delivery=Delivery.KEEP,
        destination="sub/dir",
        replace=True,
    )
    assert request_of(CHOICE, Form()).destination is None


@pytest.mark.parametrize(("typed", "error"), [("'a b", UsageError), ('""', BadGlob)])
def test_globs_that_mean_nothing_are_refused(typed: str, error: type[UsageError]) -> None:
    with pytest.raises(error):
        request_of(CHOICE, Form(include=typed))


# --- what it would take ---------------------------------------------------------------------------


class Asked:
    """A source, and what an estimate said on the way."""

    def __init__(self, destination: Path, need: DiskNeed | None = LACKING) -> None:
        self.source = FakeSource()
        self.source.dry = self._plan
        self.guesses: list[Estimate] = []
        self._need = need
        self._destination = destination

    def estimate(self, known: Totals | None, delivery: Delivery = Delivery.GATHER) -> Estimate:
        destination = "d" if delivery is Delivery.KEEP else str(self._destination)
        request = JobRequest(repo="acme/data", delivery=delivery, destination=destination)
        return estimate(self.source, Question(request, known), print, self.guesses.append)

    def _plan(self, request: JobRequest) -> DryRun:
        return a_dry_run(request, files_total=12, bytes_total=1200, need=self._need)


def test_a_dry_run_tells_what_the_destination_lacks(tmp_path: Path) -> None:
    asked = Asked(tmp_path)

    found = asked.estimate(None)

    [guess] = asked.guesses
    assert (guess.totals, guess.missing, guess.place.path) == (None, None, str(tmp_path))
    assert not guess.is_enough
    assert found.totals == Totals(12, 1200, is_counted=True)
    assert (found.missing, found.place.needed_bytes) == (400, 8192)
    assert found.is_enough


def test_what_was_listed_is_enough_to_begin_and_is_counted_all_the_same(tmp_path: Path) -> None:
    asked = Asked(tmp_path)

    found = asked.estimate(LISTED)

    [guess] = asked.guesses
    assert guess.is_enough
    assert guess.place.needed_bytes >= 1000 + 10 * 4096
    assert found.totals == Totals(12, 1200, is_counted=True)


def test_an_empty_place_needs_no_second_listing(tmp_path: Path) -> None:
    asked = Asked(tmp_path / "new")

    found = asked.estimate(COUNTED)

    assert asked.source.requests == []
    assert (found.totals, found.missing) == (COUNTED, 1000)
    assert found.place.path == str(tmp_path / "new")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_place_with_something_in_it_or_too_little_room_is_looked_at(
    tmp_path: Path, is_there: bool
) -> None:
    if is_there:
        (tmp_path / "file").touch()
    asked = Asked(tmp_path)

    asked.estimate(COUNTED if is_there else replace(COUNTED, size=1 << 60))

    assert len(asked.source.requests) == 1


def test_too_little_room_is_certain_only_once_the_disk_was_looked_at(tmp_path: Path) -> None:
    asked = Asked(tmp_path, need=DiskNeed(1 << 60, 1 << 60, 2))

    found = asked.estimate(replace(LISTED, size=1 << 60))

    [guess] = asked.guesses
    assert (guess.is_enough, guess.is_hopeless) == (False, False)
    assert (found.is_enough, found.is_hopeless) == (False, True)


def test_of_what_workers_keep_all_is_missing(tmp_path: Path) -> None:
    asked = Asked(tmp_path, need=None)

    found = asked.estimate(None, Delivery.KEEP)

    assert (found.missing, found.place.free_bytes, found.is_enough) == (1200, None, True)
    assert plain(words.place_line(found)) == (
        "to d in each worker's own --output-dir, free as each of them has, needs 1.2 kB"
    )


def test_an_answer_that_nobody_wants_ends_the_counting(tmp_path: Path) -> None:
    source = FakeSource()
    source.tells = ("listing: 1,000 files",)

    def tell(_text: str) -> None:
        raise OutdatedError

    request = JobRequest(repo="acme/data", delivery=Delivery.GATHER, destination=str(tmp_path))
    with pytest.raises(OutdatedError):
        estimate(source, Question(request, None), tell, lambda _guess: None)


# --- what is said ---------------------------------------------------------------------------------

PLACE = Destination("node", "/data/x", 6 * GB, 9 * GB)


def an_estimate(missing: int | None = 3 * GB, place: Destination = PLACE) -> Estimate:
    return Estimate(place, Totals(1024, 5 * GB, is_counted=missing is not None), missing)


def said(missing: int | None, told: str = "") -> list[str]:
    found = an_estimate(missing)
    return [plain(words.place_line(found)), plain(words.totals_line(found, told))]


def test_the_figures_of_a_launch() -> None:
    assert said(3 * GB) == [
        "to node:/data/x, free 9.0 GB, needs 6.0 GB",
        "1,024 files, 5.0 GB; on disk already 2.0 GB, to download 3.0 GB",
    ]
    assert said(5 * GB)[1] == "1,024 files, 5.0 GB"
    assert said(None, "listing: 3 files") == [
        "to node:/data/x, free 9.0 GB, needs at most 6.0 GB",
        "1,024 files, 5.0 GB; listing: 3 files",
    ]
    unknown = Estimate(PLACE, None, None)
    assert plain(words.place_line(unknown)) == "to node:/data/x, free 9.0 GB, needs …"
    assert plain(words.totals_line(unknown, "")) == "counting …"
    assert plain(words.place_line(None)) == "to …"


def test_how_long_it_takes_those_who_are_there() -> None:
    store = Store()
    alone = plain(words.time_line(an_estimate(), store, Delivery.GATHER))
    kept = plain(words.time_line(an_estimate(), store, Delivery.KEEP))
    store.apply(a_view([], [a_worker("a"), a_worker("b", limit_bytes_per_second=2.0 * MB)]))

    both = plain(words.time_line(an_estimate(3 * GB), store, Delivery.GATHER))
    unknown = plain(words.time_line(None, store, Delivery.GATHER))

    assert alone == "no worker yet: one starts on this machine with the job; J lets others help"
    assert kept == "no worker yet: J shows how machines join"
    assert both == "2 workers alive, 3.0 MB/s together: about 16 m 40 s"
    assert unknown == "2 workers alive, 3.0 MB/s together"


def test_errors_name_the_fields_that_they_mean() -> None:
    refused = DestinationRefused("/d is in use: name another with -o, or cancel it with --replace")

    lines = [plain(line) for line in words.error_lines(refused)]
    away = [plain(line) for line in words.error_lines(HubUnavailable("no way to the Hub"))]

    assert lines[1] == "(here -o is destination and --replace is the box above)"
    assert away == ["no way to the Hub", "ctrl+r tries again"]


def test_a_long_command_is_cut_in_what_is_shown() -> None:
    line = plain(words.command_line("hfdl get " + "x" * 5000))

    assert len(line) < 250
    assert line.startswith("elsewhere instead: hfdl get ")


def test_how_much_room_lacks() -> None:
    small = an_estimate(place=replace(PLACE, free_bytes=1 * GB))

    assert words.why_too_small(small).startswith("5.0 GB too little room there")
