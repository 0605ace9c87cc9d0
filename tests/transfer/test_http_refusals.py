"""Answers without the file: each becomes the error whose scope says who pays."""

from collections.abc import Callable, Mapping

import pytest

from hfdl_core.errors import (
    ErrorScope,
    FileMissing,
    FileRefused,
    FileUnreadable,
    ServerBusy,
    ServerFault,
    TransferError,
    WayFiltered,
    WorkerDenied,
    WorkerOffline,
)
from hfdl_core.transfer import FileSource, HttpDownloader
from hfdl_tui.demo.hub import Access, Fault, PretendHub, Quotas, Repo, Role, Status
from tests.transfer.asking import NotingGate, fetch, source_of
from tests.transfer.conftest import BIG


@pytest.mark.parametrize(
    ("status", "headers", "leaf"),
    [
        (401, {}, WorkerDenied),
        (403, {"X-Error-Code": "GatedRepo"}, WorkerDenied),
        (404, {"X-Error-Code": "RepoNotFound"}, WorkerDenied),
        (404, {"X-Error-Code": "EntryNotFound"}, FileMissing),
        (404, {"X-Error-Code": "RevisionNotFound"}, FileMissing),
        (404, {}, FileMissing),
        (416, {}, FileMissing),
        (400, {}, FileUnreadable),
        (451, {}, FileUnreadable),
        (407, {}, WorkerOffline),
        (429, {}, ServerBusy),
        (503, {}, ServerBusy),
        (500, {}, ServerFault),
        (502, {}, ServerFault),
        (504, {}, ServerFault),
    ],
)
def test_the_hub_s_refusal_becomes_its_leaf(
    hub: PretendHub,
    big: FileSource,
    downloader: HttpDownloader,
    status: int,
    headers: Mapping[str, str],
    leaf: type[TransferError],
) -> None:
    hub.faults.add(Fault(Status(status, dict(headers)), role=Role.RESOLVE))

    with pytest.raises(leaf) as caught:
        fetch(downloader, big)

    assert type(caught.value) is leaf
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "leaf"),
    [
        (400, FileUnreadable),
        (401, FileRefused),
        (403, FileRefused),
        (404, FileRefused),
        (416, FileMissing),
        (429, ServerBusy),
        (500, ServerFault),
        (503, ServerBusy),
    ],
)
def test_a_cdn_s_refusal_never_says_that_this_worker_is_denied(
    hub: PretendHub,
    big: FileSource,
    downloader: HttpDownloader,
    status: int,
    leaf: type[TransferError],
) -> None:
    hub.faults.add(Fault(Status(status), role=Role.CDN))

    with pytest.raises(leaf) as caught:
        fetch(downloader, big)

    assert caught.value.scope is not ErrorScope.WORKER
    assert len(hub.requests.select(role=Role.CDN)) == 1


def test_a_filter_on_the_way_to_the_cdn_is_not_taken_for_the_file_s_trouble(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    page = {"Content-Type": "text/html; charset=utf-8"}
    hub.faults.add(Fault(Status(403, page), role=Role.CDN))

    with pytest.raises(WayFiltered, match="refused with a web page, as filters do"):
        fetch(downloader, big)


def test_a_page_that_says_not_found_is_the_store_s(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.faults.add(Fault(Status(404, {"Content-Type": "text/html"}), role=Role.CDN))

    with pytest.raises(FileRefused):
        fetch(downloader, big)


def test_a_worker_without_access_is_told_to_set_a_token(
    hub: PretendHub, downloader: HttpDownloader
) -> None:
    repo = hub.add_repo("acme/gated", {"big.bin": BIG}, access=Access.GATED)

    with pytest.raises(WorkerDenied, match="no access, set HF_TOKEN on this machine"):
        fetch(downloader, source_of(hub, repo, "big.bin"))


def test_a_token_without_access_to_a_private_repo_is_denied_not_missing(
    hub: PretendHub, make_http: Callable[..., HttpDownloader]
) -> None:
    repo = hub.add_repo("acme/private", {"big.bin": BIG}, access=Access.PRIVATE)
    hub.add_token("hf_stranger")

    with pytest.raises(WorkerDenied):
        fetch(make_http(token="hf_stranger"), source_of(hub, repo, "big.bin"))


def test_a_switched_off_repo_says_so(hub: PretendHub, downloader: HttpDownloader) -> None:
    repo = hub.add_repo("acme/off", {"big.bin": BIG}, access=Access.DISABLED)

    with pytest.raises(WorkerDenied, match="Access to this resource is disabled"):
        fetch(downloader, source_of(hub, repo, "big.bin"))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"RateLimit": '"resolvers";r=0;t=55'}, 56.0),
        ({"RateLimit": '"resolvers";r=0;t=55', "Retry-After": "7"}, 56.0),
        ({"RateLimit": '"resolvers";r=3;t=55', "Retry-After": "7"}, 7.0),
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
        ({"Retry-After": "-1"}, None),
    ],
)
def test_a_busy_server_s_wish_is_told(
    hub: PretendHub,
    big: FileSource,
    downloader: HttpDownloader,
    headers: dict[str, str],
    seconds: float | None,
) -> None:
    hub.faults.add(Fault(Status(429, headers), role=Role.CDN))

    with pytest.raises(ServerBusy) as caught:
        fetch(downloader, big)

    assert caught.value.retry_after_seconds == seconds
    assert caught.value.status == 429


def test_a_spent_quota_is_told_with_its_reset(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    hub.options.quotas = Quotas(resolvers=0, window=30)

    with pytest.raises(ServerBusy) as caught:
        fetch(downloader, big)

    assert caught.value.retry_after_seconds == pytest.approx(31, abs=1)


def test_the_hub_s_quota_is_told_with_every_answer_and_the_cdn_s_never(
    hub: PretendHub, readme: FileSource, big: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    hub.options.quotas = Quotas(resolvers=3000, window=300)
    hub.faults.add(Fault(Status(200, {"RateLimit": '"cdn";r=1;t=1'}), role=Role.CDN))
    gate = NotingGate()
    downloader = make_http(gate=gate)

    fetch(downloader, readme)
    with pytest.raises(TransferError):
        fetch(downloader, big)

    assert gate.seen == [
        "leave",
        ("resolvers", 2999, 3000, 300),
        "leave",
        ("resolvers", 2998, 3000, 300),
        "over",
        "leave",
        ("resolvers", 2997, 3000, 300),
        "over",
    ]


def test_a_stranger_s_words_are_one_short_printable_line(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader
) -> None:
    words = "x" * 5_000 + "\x1b[31m"
    hub.faults.add(Fault(Status(403, {"X-Error-Message": words}), role=Role.RESOLVE))

    with pytest.raises(WorkerDenied) as caught:
        fetch(downloader, big)

    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_a_file_that_is_not_in_the_commit_is_missing(
    hub: PretendHub, repo: Repo, big: FileSource, downloader: HttpDownloader
) -> None:
    gone = FileSource(
        big.endpoint, big.repo_type, big.repo_id, big.commit, big.file._replace(path="gone.bin")
    )

    with pytest.raises(FileMissing, match=r"gone\.bin is listed but not served"):
        fetch(downloader, gone)
