"""Ranges over HTTP: the right bytes, checked before the first one counts."""

import hashlib
from collections.abc import Callable

import pytest

from hfdl_core.errors import ConnectionLost, RangeRefused, TransferStalled
from hfdl_core.models import ByteRange, DownloaderName
from hfdl_core.transfer import Cancel, FileSource, HttpDownloader
from hfdl_tui.demo.hub import (
    Close,
    Corrupt,
    Cut,
    Delay,
    Drop,
    Fault,
    IgnoreRange,
    PretendHub,
    Repo,
    ResolveStyle,
    Role,
    ShortBody,
    Stall,
    WrongContentRange,
)
from tests.transfer.asking import Sink, fetch, source_of
from tests.transfer.conftest import BIG, README


def test_a_range_of_an_lfs_file_comes_from_the_cdn(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    body = fetch(downloader, big, 1_000_000, 2_000_001)

    assert body == BIG[1_000_000:2_000_001]
    [request] = hub.requests.select(role=Role.CDN)
    assert request.range == "bytes=1000000-2000000"


def test_a_range_of_a_regular_file_comes_through_the_resolve_cache(
    hub: PretendHub, readme: FileSource, downloader: HttpDownloader
) -> None:
    body = fetch(downloader, readme, 13, 26)

    assert body == README[13:26]
    assert [request.role for request in hub.requests.select()] == [Role.RESOLVE, Role.RESOLVE_CACHE]


def test_a_whole_file_is_asked_for_as_a_range_too(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    body = fetch(downloader, big)

    assert body == BIG
    asked = {request.range for request in hub.requests.select()}
    assert asked == {f"bytes=0-{len(BIG) - 1}"}


def test_http_tells_that_http_served_the_file(big: FileSource, downloader: HttpDownloader) -> None:
    name = downloader.fetch(big, ByteRange(0, 10), Sink(), Cancel())

    assert name is DownloaderName.HTTP


def test_nothing_is_asked_of_the_hub_for_no_bytes(
    hub: PretendHub, repo: Repo, big: FileSource, downloader: HttpDownloader
) -> None:
    empty = source_of(hub, repo, "empty.txt")

    assert fetch(downloader, empty) == b""
    assert fetch(downloader, big, 500, 500) == b""
    assert not hub.requests.select()


def test_text_that_the_hub_would_gzip_arrives_as_it_is(
    readme: FileSource, downloader: HttpDownloader
) -> None:
    assert fetch(downloader, readme) == README


def test_an_answer_that_is_gzipped_all_the_same_is_refused(
    hub: PretendHub, repo: Repo, monkeypatch: pytest.MonkeyPatch, downloader: HttpDownloader
) -> None:
    monkeypatch.setattr("hfdl_tui.demo.hub.files._is_gzipped", lambda *_: True)
    sink = Sink()

    with pytest.raises(RangeRefused, match="gzip"):
        fetch(downloader, source_of(hub, repo, "README.md"), sink=sink)

    assert not sink.body


@pytest.mark.parametrize(
    "path", ["a b.txt", "é/ü.txt", "x#y.txt", "50%.txt", "[1].txt", "%41+&=?;.txt", "'~!*().txt"]
)
@pytest.mark.parametrize("kind", ["dataset", "model", "space"])
def test_any_name_the_hub_can_list_is_asked_for_correctly(
    hub: PretendHub, downloader: HttpDownloader, path: str, kind: str
) -> None:
    repo = hub.add_repo("acme/names", {path: b"regular", f"{path}.bin": b"large"}, kind)

    assert fetch(downloader, source_of(hub, repo, path)) == b"regular"
    assert fetch(downloader, source_of(hub, repo, f"{path}.bin")) == b"large"


def test_a_model_with_a_name_of_one_segment_is_found(
    hub: PretendHub, downloader: HttpDownloader
) -> None:
    repo = hub.add_repo("gpt2", {"config.json": b"{}"}, "model")

    assert fetch(downloader, source_of(hub, repo, "config.json")) == b"{}"


def test_a_renamed_repo_is_followed_to_its_new_name(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.rename_repo("acme/data", "acme/renamed")

    assert fetch(downloader, big, 0, 100) == BIG[:100]


def test_bytes_are_handed_on_while_the_rest_still_comes(
    hub: PretendHub, big: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    hub.faults.add(Fault(Stall(seconds=1, after=1_500_000), role=Role.CDN))
    downloader = make_http(stall_seconds=0.3)
    sink = Sink()

    with pytest.raises(TransferStalled, match=r"127\.0\.0\.2:\d+ sent nothing for 0\.3 s"):
        fetch(downloader, big, sink=sink)

    assert sink.body == BIG[:1_500_000]
    assert sink.largest_piece <= 1 << 20


def test_a_server_that_is_silent_before_its_answer_is_a_stall_too(
    hub: PretendHub, big: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    hub.faults.add(Fault(Delay(seconds=1), role=Role.CDN))
    downloader = make_http(stall_seconds=0.2)

    with pytest.raises(TransferStalled):
        fetch(downloader, big)


@pytest.mark.parametrize("fault", [Cut(after=1_000_000), Close(after=1_000_000)])
def test_a_broken_answer_is_resumed_from_the_bytes_that_came(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader, fault: Cut | Close
) -> None:
    hub.faults.add(Fault(fault, role=Role.CDN, times=1))
    sink = Sink()

    with pytest.raises(ConnectionLost):
        fetch(downloader, big, sink=sink)
    assert sink.body == BIG[:1_000_000]
    fetch(downloader, big, len(sink.body), sink=sink)

    assert sink.body == BIG


def test_a_connection_dropped_without_an_answer_is_lost(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.faults.add(Fault(Drop(), role=Role.CDN))

    with pytest.raises(ConnectionLost, match=r"127\.0\.0\.2:\d+ broke the connection"):
        fetch(downloader, big)


def test_a_kept_connection_that_dies_between_two_files_costs_nothing(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    fetch(downloader, big, 0, 10)
    hub.faults.add(Fault(Drop(), role=Role.CDN, times=1))

    assert fetch(downloader, big, 10, 20) == BIG[10:20]


def test_wrong_bytes_are_not_this_room_s_to_notice(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.faults.add(Fault(Corrupt(offset=1_000), role=Role.CDN))

    body = fetch(downloader, big)

    assert len(body) == len(BIG)
    assert hashlib.sha256(body).hexdigest() != big.file.digest


@pytest.mark.parametrize("fault", [IgnoreRange(), WrongContentRange(shift=1), ShortBody(length=10)])
def test_an_answer_that_is_not_the_range_gives_no_byte(
    hub: PretendHub,
    big: FileSource,
    downloader: HttpDownloader,
    fault: IgnoreRange | WrongContentRange | ShortBody,
) -> None:
    hub.faults.add(Fault(fault, role=Role.CDN))
    sink = Sink()

    with pytest.raises(RangeRefused):
        fetch(downloader, big, 1_000, 2_000, sink=sink)

    assert not sink.body


def test_a_file_that_is_longer_than_listed_is_refused(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    shorter = big.file._replace(size=big.file.size - 1)
    listed = FileSource(big.endpoint, big.repo_type, big.repo_id, big.commit, shorter)
    sink = Sink()

    with pytest.raises(RangeRefused, match="bytes 0-2999998/3000000"):
        fetch(downloader, listed, sink=sink)

    assert not sink.body


def test_a_mirror_without_ranges_still_serves_whole_files(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.options.resolve_style = ResolveStyle.DIRECT
    hub.faults.add(Fault(IgnoreRange(), role=Role.RESOLVE))

    assert fetch(downloader, big) == BIG
    with pytest.raises(RangeRefused, match="ignores the range"):
        fetch(downloader, big, 1, len(BIG))


def test_small_files_share_one_connection(
    hub: PretendHub, downloader: HttpDownloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = hub.add_repo("acme/many", {f"{number}.txt": b"%d" % number for number in range(50)})
    accepted = _count_connections(monkeypatch)

    for number in range(50):
        assert fetch(downloader, source_of(hub, repo, f"{number}.txt")) == b"%d" % number

    assert len(accepted) == 1


def _count_connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    from hfdl_tui.demo.hub.listener import Listener

    accepted: list[object] = []
    opened = Listener.opened

    def counted(listener: Listener, sock: object) -> None:
        accepted.append(sock)
        opened(listener, sock)  # type: ignore[arg-type]  # the socket passes through

    monkeypatch.setattr(Listener, "opened", counted)
    return accepted
