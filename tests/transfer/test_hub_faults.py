"""What huggingface_hub's errors mean: real ones, without its 23 s of retries around them."""

import errno
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError, OfflineModeIsEnabled

from hfdl_core.errors import (
    ConnectionLost,
    DiskFull,
    FileUnreadable,
    HfdlError,
    TransferStalled,
    WorkerOffline,
)
from hfdl_core.transfer.hub_faults import our_error
from hfdl_core.transfer.hub_messages import FileWanted
from hfdl_tui.demo.hub import Cut, Delay, Fault, PretendHub
from tests.transfer.middlebox import Proxy, TlsFront, make_certificate, serving

WANTED = FileWanted("http://hub", "model", "a/b", "c" * 40, "x.bin", "/tmp", "hf_secret")


def _met(call: Callable[[], object]) -> HfdlError:
    """What we make of the call's error, wrapped as huggingface_hub wraps it."""
    try:
        try:
            call()
        except httpx2.HTTPError as error:
            raise LocalEntryNotFoundError("Please check your connection") from error
    except LocalEntryNotFoundError as error:
        return our_error(error, WANTED)
    raise AssertionError("the call worked")


def test_a_refused_connection_is_this_worker_s_trouble() -> None:
    error = _met(lambda: httpx2.get("http://127.0.0.1:1/x?Signature=s"))

    assert type(error) is WorkerOffline
    assert "Connection refused" in str(error)
    assert "Signature" not in str(error)


def test_an_unknown_name_is_this_worker_s_trouble() -> None:
    assert type(_met(lambda: httpx2.get("http://hub.invalid/x"))) is WorkerOffline


def test_a_certificate_nobody_vouches_for_is_this_worker_s_trouble(
    hub: PretendHub, tmp_path: Path
) -> None:
    front = TlsFront(*make_certificate(tmp_path), hub.endpoint)

    with serving(front):
        error = _met(lambda: httpx2.get(front.endpoint))

    assert type(error) is WorkerOffline
    assert "CERTIFICATE_VERIFY_FAILED" in str(error)


def test_a_proxy_that_wants_a_password_is_told_without_the_one_we_gave() -> None:
    with serving(proxy := Proxy("ann:secret")):
        address = f"http://ann:guess@{proxy.address}"
        error = _met(lambda: httpx2.get("https://hub.invalid/x", proxy=address))

    assert type(error) is WorkerOffline
    assert "407" in str(error)
    assert "guess" not in str(error)


def test_silence_and_breaks_are_told_apart(hub: PretendHub) -> None:
    hub.faults.add(Fault(Delay(seconds=0.5), path="/silent"))
    hub.faults.add(Fault(Cut(after=1), path="/cut"))

    assert type(_met(lambda: httpx2.get(f"{hub.endpoint}/silent", timeout=0.1))) is TransferStalled
    assert type(_met(lambda: httpx2.get(f"{hub.endpoint}/cut"))) is ConnectionLost


@pytest.mark.parametrize(
    ("error", "leaf"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), DiskFull),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), DiskFull),
        (OSError("Consistency check failed: file should be of size 3"), ConnectionLost),
        (OfflineModeIsEnabled("offline"), WorkerOffline),
        (ValueError("The file is too large to be downloaded"), FileUnreadable),
        (RuntimeError("xet"), FileUnreadable),
        (LocalEntryNotFoundError("no metadata"), FileUnreadable),
    ],
)
def test_other_errors_have_their_leaf(error: Exception, leaf: type[HfdlError]) -> None:
    assert type(our_error(error, WANTED)) is leaf


def test_addresses_in_its_words_lose_what_is_secret() -> None:
    said = "GET https://ann:pw@cdn.hf.co/x?Signature=abc and hf://buckets/x failed\nbadly"

    told = str(our_error(RuntimeError(said), WANTED))

    assert "cdn.hf.co" in told
    assert "abc" not in told
    assert "pw" not in told
    assert "\n" not in told


def test_the_wish_does_not_show_its_token() -> None:
    assert "hf_secret" not in repr(WANTED)
