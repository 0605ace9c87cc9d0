"""The choice between two ways: which one serves a file, and what is remembered of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typing_extensions import override

from hfdl_core.errors import (
    ConnectionLost,
    FileUnreadable,
    RangeRefused,
    SettingsError,
    TransferError,
    WorkerOffline,
)
from hfdl_core.models import ByteRange, DownloaderChoice, DownloaderName, RepoFile, RepoType
from hfdl_core.transfer import (
    AutoDownloader,
    Cancel,
    Downloader,
    FileSource,
    HttpDownloader,
    Sink,
    make_downloader,
)
from hfdl_tui.demo.hub import Fault, IgnoreRange, PretendHub, Role, Status
from tests.transfer.asking import fetch, route
from tests.transfer.conftest import BIG

BODY = bytes(range(100))


class Scripted(Downloader):
    """A way that serves BODY, or raises the next error of its list after some bytes."""

    fetches_whole = False

    def __init__(self, name: DownloaderName, errors: list[tuple[int, TransferError]]) -> None:
        self.name = name
        self.asked: list[ByteRange] = []
        self.errors = errors

    @override
    def fetch(
        self, source: FileSource, wanted: ByteRange, sink: Sink, cancel: Cancel
    ) -> DownloaderName:
        self.asked.append(wanted)
        if self.errors:
            after, error = self.errors.pop(0)
            if after:
                sink(BODY[wanted.begin : wanted.begin + after])
            raise error
        sink(BODY[wanted.begin : wanted.end])
        return self.name

    @override
    def close(self) -> None: ...


def _source(path: str = "x.bin") -> FileSource:
    return FileSource("http://hub", RepoType.MODEL, "a/b", "c" * 40, RepoFile(path, 100, "0" * 64))


def _http(*errors: tuple[int, TransferError]) -> Scripted:
    return Scripted(DownloaderName.HTTP, list(errors))


def _hub(*errors: tuple[int, TransferError]) -> Scripted:
    way = Scripted(DownloaderName.HUB, list(errors))
    way.fetches_whole = True
    return way


def test_a_file_that_the_first_way_cannot_serve_comes_the_second_way_at_once() -> None:
    http, hub = _http((0, FileUnreadable("400"))), _hub()

    assert fetch(AutoDownloader(http, hub), _source()) == BODY
    assert hub.asked == [(0, 100)]


def test_who_served_the_file_is_told() -> None:
    auto = AutoDownloader(_http((0, FileUnreadable("400"))), _hub())
    wanted = ByteRange(0, 100)

    assert auto.fetch(_source(), wanted, bytearray().extend, Cancel()) is DownloaderName.HUB
    assert auto.fetch(_source("y"), wanted, bytearray().extend, Cancel()) is DownloaderName.HTTP


def test_the_second_way_goes_on_where_the_first_stopped() -> None:
    http, hub = _http((30, FileUnreadable("400"))), _hub()

    assert fetch(AutoDownloader(http, hub), _source(), 10, 90) == BODY[10:90]
    assert hub.asked == [(40, 90)]


def test_the_choice_is_remembered_for_that_file_alone() -> None:
    http, hub = _http((0, FileUnreadable("400"))), _hub()
    auto = AutoDownloader(http, hub)

    for path in ("x.bin", "x.bin", "y.bin"):
        fetch(auto, _source(path))

    assert len(http.asked) == 2
    assert len(hub.asked) == 2
    assert auto.fetches_whole(_source("x.bin"))
    assert not auto.fetches_whole(_source("y.bin"))


def test_one_refused_range_is_the_caller_s_to_try_again() -> None:
    http, hub = _http((0, RangeRefused("x"))), _hub()
    auto = AutoDownloader(http, hub)

    with pytest.raises(RangeRefused):
        fetch(auto, _source())
    assert fetch(auto, _source()) == BODY

    assert not hub.asked


def test_a_second_refused_range_in_a_row_is_the_server_s_way() -> None:
    http, hub = _http((0, RangeRefused("x")), (0, RangeRefused("x"))), _hub()
    auto = AutoDownloader(http, hub)

    with pytest.raises(RangeRefused):
        fetch(auto, _source())

    assert fetch(auto, _source()) == BODY
    assert len(hub.asked) == 1


def test_refused_ranges_with_a_good_one_between_them_are_not_its_way() -> None:
    http, hub = _http((0, RangeRefused("x"))), _hub()
    auto = AutoDownloader(http, hub)
    with pytest.raises(RangeRefused):
        fetch(auto, _source())
    fetch(auto, _source())
    http.errors.append((0, RangeRefused("x")))

    with pytest.raises(RangeRefused):
        fetch(auto, _source())

    assert not hub.asked


@pytest.mark.parametrize("error", [ConnectionLost("x"), WorkerOffline("x")])
def test_what_another_way_would_meet_as_well_is_no_reason_to_change(error: TransferError) -> None:
    http, hub = _http((0, error)), _hub()

    with pytest.raises(type(error)):
        fetch(AutoDownloader(http, hub), _source())

    assert not hub.asked


def test_a_file_that_neither_way_serves_is_tried_both_ways_again_later() -> None:
    http = _http((0, FileUnreadable("http")))
    hub = _hub((0, FileUnreadable("hub")))
    auto = AutoDownloader(http, hub)

    with pytest.raises(FileUnreadable, match="hub"):
        fetch(auto, _source())

    assert fetch(auto, _source()) == BODY
    assert len(http.asked) == 2


def test_a_single_way_raises_what_it_cannot() -> None:
    with pytest.raises(FileUnreadable):
        fetch(AutoDownloader(_http((0, FileUnreadable("400")))), _source())


def test_http_alone_never_goes_through_huggingface_hub(
    hub: PretendHub, big: FileSource, tmp_path: Path
) -> None:
    hub.faults.add(Fault(Status(400), role=Role.CDN))
    auto = make_downloader(DownloaderChoice.HTTP, route(), None, tmp_path)

    with pytest.raises(FileUnreadable):
        fetch(auto, big)

    auto.close()
    assert {record.method for record in hub.requests.select()} == {"GET"}


def test_without_a_scratch_directory_auto_is_http_alone(big: FileSource) -> None:
    auto = make_downloader(DownloaderChoice.AUTO, route(), None, None)

    assert fetch(auto, big) == BIG
    auto.close()


def test_hub_without_a_scratch_directory_says_what_is_missing() -> None:
    with pytest.raises(SettingsError, match="--scratch"):
        make_downloader(DownloaderChoice.HUB, route(), None, None)


def test_a_range_that_http_is_refused_twice_comes_through_huggingface_hub(
    hub: PretendHub, big: FileSource, tmp_path: Path
) -> None:
    hub.faults.add(Fault(IgnoreRange(), role=Role.CDN))
    auto = make_downloader(DownloaderChoice.AUTO, route(), None, tmp_path)

    try:
        with pytest.raises(RangeRefused):
            fetch(auto, big, 1_000, 2_000)
        assert fetch(auto, big, 1_000, 2_000) == BIG[1_000:2_000]
    finally:
        auto.close()


def test_http_stays_the_quicker_default(
    big: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    assert not AutoDownloader(make_http(), _hub()).fetches_whole(big)
