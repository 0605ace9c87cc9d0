"""The token: it goes to the Hub, and to nobody else."""

import logging
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from hfdl_core.errors import TransferError
from hfdl_core.transfer import FileSource, HttpDownloader
from hfdl_tui.demo.hub import Access, Cut, Fault, PretendHub, Repo, Role, Status
from tests.transfer.asking import fetch, source_of
from tests.transfer.conftest import BIG, README

TOKEN = "hf_secret"


@pytest.fixture
def gated(hub: PretendHub) -> Repo:
    hub.add_token(TOKEN, repos=["acme/gated"])
    files = {"big.bin": BIG, "README.md": README}
    return hub.add_repo("acme/gated", files, access=Access.GATED)


def test_the_token_opens_a_gated_repo_and_is_never_shown_to_the_cdn(
    hub: PretendHub, gated: Repo, make_http: Callable[..., HttpDownloader]
) -> None:
    downloader = make_http(token=TOKEN)

    assert fetch(downloader, source_of(hub, gated, "big.bin")) == BIG
    assert fetch(downloader, source_of(hub, gated, "README.md")) == README

    told = {record.role: record.had_authorization for record in hub.requests.select()}
    assert told == {Role.RESOLVE: True, Role.RESOLVE_CACHE: True, Role.CDN: False}


def test_netrc_is_read_for_no_host(
    hub: PretendHub,
    gated: Repo,
    make_http: Callable[..., HttpDownloader],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login ann password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert fetch(make_http(token=TOKEN), source_of(hub, gated, "big.bin")) == BIG
    with pytest.raises(TransferError):
        fetch(make_http(), source_of(hub, gated, "README.md"))

    shown = [record.had_authorization for record in hub.requests.select(role=Role.CDN)]
    assert shown == [False]
    assert not hub.requests.select(role=Role.RESOLVE)[-1].had_authorization


def test_the_token_does_not_come_back_with_a_way_that_left_the_hub(
    hub: PretendHub, big: FileSource, make_http: Callable[..., HttpDownloader]
) -> None:
    hub.add_token(TOKEN)
    back = f"{hub.endpoint}/api/whoami-v2"
    hub.faults.add(Fault(Status(302, {"Location": back}), role=Role.CDN))

    with pytest.raises(TransferError):
        fetch(make_http(token=TOKEN), big)

    [asked] = hub.requests.select(role=Role.API)
    assert not asked.had_authorization


def test_another_port_of_the_hub_s_host_is_another_host(
    big: FileSource, hub: PretendHub, make_http: Callable[..., HttpDownloader]
) -> None:
    with PretendHub() as other:
        location = f"{other.endpoint}/elsewhere"
        hub.faults.add(Fault(Status(302, {"Location": location}), role=Role.RESOLVE))

        with pytest.raises(TransferError):
            fetch(make_http(token=TOKEN), big)

        [asked] = other.requests.select()
        assert not asked.had_authorization


def test_cookies_are_not_kept(
    hub: PretendHub, big: FileSource, downloader: HttpDownloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = {"Set-Cookie": "session=1; Path=/", "Location": "/elsewhere"}
    hub.faults.add(Fault(Status(302, cookie), role=Role.RESOLVE))
    seen = []
    answer = hub._service.answer

    def watched(request):  # type: ignore[no-untyped-def]  # only passes through
        seen.append(request.headers.get("Cookie"))
        return answer(request)

    monkeypatch.setattr(hub._service, "answer", watched)

    with pytest.raises(TransferError):
        fetch(downloader, big)

    assert seen == [None, None]


@pytest.mark.parametrize("fault", [Status(403), Cut(after=10)])
def test_neither_token_nor_signature_stands_in_errors_or_our_logs(
    hub: PretendHub,
    gated: Repo,
    make_http: Callable[..., HttpDownloader],
    caplog: pytest.LogCaptureFixture,
    fault: Status | Cut,
) -> None:
    hub.faults.add(Fault(fault, role=Role.CDN))
    caplog.set_level(logging.DEBUG, logger="hfdl_core")
    downloader = make_http(token=TOKEN)

    with pytest.raises(TransferError) as caught:
        fetch(downloader, source_of(hub, gated, "big.bin"))

    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(downloader)
    assert TOKEN not in told
    assert "Signature=" not in told
