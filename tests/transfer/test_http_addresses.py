"""The signed address: used again while it is good, asked for anew when it is not."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime, formatdate

import pytest

from hfdl_core.errors import FileRefused, ServerFault, TransferError
from hfdl_core.models import RepoFile, RepoType
from hfdl_core.transfer import FileSource, HttpDownloader
from hfdl_core.transfer.addresses import AddressBook, lifetime_seconds
from hfdl_tui.demo.hub import Fault, PretendHub, Repo, Role, Status
from tests.transfer.asking import fetch, source_of
from tests.transfer.conftest import BIG


def _source(number: int = 0) -> FileSource:
    file = RepoFile(f"{number}.bin", 1, "0" * 40)
    return FileSource("http://hub", RepoType.MODEL, "a/b", "c" * 40, file)


def test_further_ranges_of_a_file_ask_the_cdn_alone(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    parts = [fetch(downloader, big, at, at + 500_000) for at in range(0, 3_000_000, 500_000)]

    assert b"".join(parts) == BIG
    assert len(hub.requests.select(role=Role.RESOLVE)) == 1
    assert len(hub.requests.select(role=Role.CDN)) == 6


def test_an_expired_address_is_not_even_tried(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.options.signature_seconds = 0.6
    fetch(downloader, big, 0, 10)
    time.sleep(1.1)

    fetch(downloader, big, 10, 20)

    assert [record.status for record in hub.requests.select(role=Role.CDN)] == [206, 206]
    assert len(hub.requests.select(role=Role.RESOLVE)) == 2


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refused_address_is_asked_for_anew_within_the_same_call(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader, status: int
) -> None:
    fetch(downloader, big, 0, 10)
    hub.faults.add(Fault(Status(status), role=Role.CDN, times=1))

    assert fetch(downloader, big, 10, 20) == BIG[10:20]
    assert len(hub.requests.select(role=Role.RESOLVE)) == 2


def test_a_fresh_address_that_is_refused_too_is_a_retryable_fault_of_nobody_s_token(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    fetch(downloader, big, 0, 10)
    hub.requests.clear()
    hub.faults.add(Fault(Status(403), role=Role.CDN))

    with pytest.raises(FileRefused) as caught:
        fetch(downloader, big, 10, 20)

    assert caught.value.retryable
    assert len(hub.requests.select(role=Role.CDN)) == 2
    assert len(hub.requests.select(role=Role.RESOLVE)) == 1


def test_an_address_that_was_refused_is_not_tried_a_second_time(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    fetch(downloader, big, 0, 10)
    hub.faults.add(Fault(Status(403), role=Role.CDN, times=2))
    with pytest.raises(FileRefused):
        fetch(downloader, big, 10, 20)
    hub.requests.clear()

    fetch(downloader, big, 10, 20)

    assert [record.role for record in hub.requests.select()] == [Role.RESOLVE, Role.CDN]


def test_a_busy_cdn_does_not_send_us_back_to_the_hub(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    fetch(downloader, big, 0, 10)
    hub.faults.add(Fault(Status(503), role=Role.CDN, times=1))

    with pytest.raises(TransferError):
        fetch(downloader, big, 10, 20)
    fetch(downloader, big, 10, 20)

    assert len(hub.requests.select(role=Role.RESOLVE)) == 1


def test_an_address_behind_another_redirect_is_followed_on_every_range(
    hub: PretendHub, repo: Repo, big: FileSource, downloader: HttpDownloader
) -> None:
    aside = f"{hub.cdn_url}/aside"
    fetch(downloader, big, 0, 10)
    [signed] = [
        f"{hub.cdn_url}{record.path}?{record.query}"
        for record in hub.requests.select(role=Role.CDN)
    ]
    hub.faults.add(Fault(Status(302, {"Location": aside}), role=Role.RESOLVE))
    hub.faults.add(Fault(Status(302, {"Location": signed}), path="/aside"))
    other = source_of(hub, repo, "README.md")
    # The redirect fault leads this file to the other one's bytes: only its length must fit.
    other = FileSource(
        other.endpoint, other.repo_type, other.repo_id, other.commit, big.file._replace(path="x")
    )

    parts = [fetch(downloader, other, at, at + 10) for at in (0, 10)]

    assert parts == [BIG[:10], BIG[10:20]]
    assert len([record for record in hub.requests.select() if record.path == "/aside"]) == 2


@pytest.mark.parametrize(
    ("location", "text"),
    [
        ("/circle", "more than 20 times"),
        ("ftp://files.example/x", "not http"),
        ("file:///etc/passwd", "not http"),
        ("http://[bad/", "cannot be read"),
        ("http://host:99999/", "cannot be read"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_fault_of_the_server(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader, location: str, text: str
) -> None:
    hub.faults.add(Fault(Status(302, {"Location": location})))

    with pytest.raises(ServerFault, match=text):
        fetch(downloader, big)

    assert len(hub.requests.select()) <= 21


def test_the_lifetime_is_read_from_the_address() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    ahead = {"Date": format_datetime(now, usegmt=False)}
    ends_at = int(now.timestamp()) + 900

    assert (
        lifetime_seconds("https://s3/x?X-Amz-Expires=3600&X-Amz-Date=20260101T000000Z", {}) == 3600
    )
    assert lifetime_seconds(f"https://cdn/x?Expires={ends_at}&Signature=s", ahead) == 900
    assert lifetime_seconds("https://cdn/x?Expires=soon", {}) == float("inf")
    assert lifetime_seconds("https://cdn/x", {}) == float("inf")


def test_the_lifetime_does_not_depend_on_this_machine_s_clock() -> None:
    a_day_ago = time.time() - 86_400
    headers = {"Date": formatdate(a_day_ago, usegmt=True)}

    lifetime = lifetime_seconds(f"https://cdn/x?Expires={a_day_ago + 3600:.0f}", headers)

    assert lifetime == pytest.approx(3600, abs=1)


def test_an_address_is_given_up_a_minute_before_its_end() -> None:
    now = [1000.0]
    book = AddressBook(lambda: now[0])
    book.remember(_source(), "https://cdn/x", 3600)

    now[0] += 3539
    assert book.find(_source()) == "https://cdn/x"
    now[0] += 2
    assert book.find(_source()) is None


def test_the_book_forgets_the_file_used_longest_ago() -> None:
    book = AddressBook()
    for number in range(1024):
        book.remember(_source(number), f"https://cdn/{number}", 3600)
    book.find(_source(0))

    book.remember(_source(1024), "https://cdn/1024", 3600)

    assert book.find(_source(0)) == "https://cdn/0"
    assert book.find(_source(1)) is None
