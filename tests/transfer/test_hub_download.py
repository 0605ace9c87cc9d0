"""Whole files through huggingface_hub, in a process of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from hfdl_core.errors import (
    ConnectionLost,
    FileMissing,
    FileRefused,
    HfdlError,
    RangeRefused,
    ServerBusy,
    ServerFault,
    TransferCancelled,
    TransferStalled,
    WorkerDenied,
)
from hfdl_core.models import ByteRange, DownloaderName
from hfdl_core.transfer import Cancel, FileSource, HubDownloader
from hfdl_tui.demo.hub import (
    Access,
    Fault,
    GeneratedContent,
    PretendHub,
    Repo,
    Role,
    ShortBody,
    Stall,
    Status,
)
from tests.transfer.asking import NotingGate, Sink, fetch, route, source_of
from tests.transfer.conftest import BIG, README
from tests.transfer.middlebox import Proxy, TlsFront, make_certificate, serving

TOKEN = "hf_secret"


@pytest.fixture
def make_hub(tmp_path: Path) -> Iterator[Callable[..., HubDownloader]]:
    made: list[HubDownloader] = []

    def make(
        *,
        token: str | None = None,
        proxy: str | None = None,
        ca_file: Path | None = None,
        stall_seconds: float = 20.0,
    ) -> HubDownloader:
        secret = None if token is None else SecretStr(token)
        made.append(
            HubDownloader(route(proxy, ca_file, stall_seconds), secret, tmp_path / "scratch")
        )
        return made[-1]

    yield make
    for downloader in made:
        downloader.close()


@pytest.fixture
def by_hub(make_hub: Callable[..., HubDownloader]) -> HubDownloader:
    return make_hub()


def test_a_whole_file_is_put_where_it_is_wanted_and_its_progress_told(
    hub: PretendHub, by_hub: HubDownloader, tmp_path: Path
) -> None:
    size = 20_000_000
    repo = hub.add_repo("acme/large", {"large.bin": GeneratedContent(size)})
    told: list[int] = []
    target = tmp_path / "target"

    by_hub.fetch_file(source_of(hub, repo, "large.bin"), target, told.append, Cancel())

    assert target.read_bytes() == GeneratedContent(size).read(0, size)
    assert told == sorted(set(told))
    assert told[-1] == size
    assert len(told) > 10


def test_leave_for_all_its_requests_is_asked_before_a_file(
    readme: FileSource, tmp_path: Path
) -> None:
    gate = NotingGate()
    by_hub = HubDownloader(route(), None, tmp_path / "scratch", gate)

    fetch(by_hub, readme)
    by_hub.close()

    assert gate.seen == ["leave for 3", "over"]


@pytest.mark.parametrize("path", ["a b.bin", "é/ü.txt", "x#y.txt", "50%.bin", "[1].txt"])
def test_any_name_the_hub_can_list_is_fetched(
    hub: PretendHub, by_hub: HubDownloader, path: str
) -> None:
    repo = hub.add_repo("acme/names", {path: b"content"})

    assert fetch(by_hub, source_of(hub, repo, path)) == b"content"


def test_ranges_are_cut_from_one_copy_that_goes_with_the_last(
    hub: PretendHub, big: FileSource, by_hub: HubDownloader, tmp_path: Path
) -> None:
    parts = [fetch(by_hub, big, at, at + 1_000_000) for at in range(0, 3_000_000, 1_000_000)]

    assert b"".join(parts) == BIG
    assert len(hub.requests.select(role=Role.CDN)) == 1
    assert _left_in(tmp_path / "scratch") == []


def test_two_connections_that_want_one_file_fetch_it_once(
    hub: PretendHub, big: FileSource, by_hub: HubDownloader
) -> None:
    bodies: dict[int, bytes] = {}

    def take(at: int) -> None:
        bodies[at] = fetch(by_hub, big, at, at + 1_000_000)

    threads = [threading.Thread(target=take, args=(at,)) for at in (0, 1_000_000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bodies == {0: BIG[:1_000_000], 1_000_000: BIG[1_000_000:2_000_000]}
    assert len(hub.requests.select(role=Role.CDN)) == 1


def test_huggingface_hub_is_started_once_for_many_files(
    hub: PretendHub, by_hub: HubDownloader
) -> None:
    repo = hub.add_repo("acme/many", {f"{number}.txt": b"%d" % number for number in range(5)})
    processes = set()

    for number in range(5):
        assert fetch(by_hub, source_of(hub, repo, f"{number}.txt")) == b"%d" % number
        processes |= set(_children())

    assert len(processes) == 1


def test_it_tells_that_hub_served_the_file(big: FileSource, by_hub: HubDownloader) -> None:
    assert by_hub.fetch(big, ByteRange(0, 10), Sink(), Cancel()) is DownloaderName.HUB


def test_the_token_goes_to_the_hub_alone_and_not_through_the_environment(
    hub: PretendHub, make_hub: Callable[..., HubDownloader]
) -> None:
    hub.add_token(TOKEN, repos=["acme/gated"])
    repo = hub.add_repo("acme/gated", {"big.bin": BIG}, access=Access.GATED)
    downloader = make_hub(token=TOKEN)

    assert fetch(downloader, source_of(hub, repo, "big.bin")) == BIG

    shown = {record.role: record.had_authorization for record in hub.requests.select()}
    assert shown[Role.RESOLVE]
    assert not shown[Role.CDN]
    [process] = _children()
    seen = Path(f"/proc/{process}/environ").read_bytes() + _command_line(process)
    assert TOKEN.encode() not in seen


@pytest.mark.parametrize("name", ["HF_TOKEN", "HF_TOKEN_PATH"])
def test_a_token_of_the_environment_is_not_used_where_none_was_given(
    hub: PretendHub,
    by_hub: HubDownloader,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setenv(name, TOKEN if name == "HF_TOKEN" else str(tmp_path / "token"))
    hub.add_token(TOKEN, repos=["acme/gated"])
    repo = hub.add_repo("acme/gated", {"big.bin": BIG}, access=Access.GATED)

    with pytest.raises(WorkerDenied, match="set HF_TOKEN on this machine"):
        fetch(by_hub, source_of(hub, repo, "big.bin"))


@pytest.mark.parametrize(
    ("role", "status", "leaf"),
    [
        (Role.RESOLVE, 404, FileMissing),
        (Role.CDN, 403, FileRefused),
        (Role.CDN, 500, ServerFault),
        (Role.CDN, 503, ServerBusy),
    ],
)
def test_its_errors_become_our_leaves(
    hub: PretendHub,
    big: FileSource,
    by_hub: HubDownloader,
    role: Role,
    status: int,
    leaf: type[HfdlError],
) -> None:
    headers = {"X-Error-Code": "EntryNotFound"} if status == 404 else {"Retry-After": "9"}
    hub.faults.add(Fault(Status(status, headers), role=role))

    with pytest.raises(leaf) as caught:
        fetch(by_hub, big)

    assert "Signature" not in str(caught.value)
    if isinstance(caught.value, ServerBusy):
        assert caught.value.retry_after_seconds == 9
    hub.faults.clear()
    assert fetch(by_hub, big, 0, 10) == BIG[:10]


def test_a_file_of_the_wrong_size_is_refused(
    hub: PretendHub, big: FileSource, by_hub: HubDownloader
) -> None:
    longer = replace(big, file=big.file._replace(size=big.file.size + 1))

    with pytest.raises(RangeRefused, match="3000000 bytes"):
        fetch(by_hub, longer)


def test_proxy_and_certificates_reach_huggingface_hub(
    hub: PretendHub,
    readme: FileSource,
    make_hub: Callable[..., HubDownloader],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    certificate, key = make_certificate(tmp_path)
    front = TlsFront(certificate, key, hub.endpoint)

    with serving(front), serving(proxy := Proxy("ann:secret")):
        downloader = make_hub(ca_file=certificate, proxy=f"http://ann:secret@{proxy.address}")

        assert fetch(downloader, replace(readme, endpoint=front.endpoint)) == README

    assert proxy.asked
    assert all(asked.startswith("CONNECT") for asked in proxy.asked)


def test_cancelling_ends_it_within_a_second_and_leaves_nothing(
    hub: PretendHub, big: FileSource, by_hub: HubDownloader, tmp_path: Path
) -> None:
    hub.faults.add(Fault(Stall(seconds=10, after=1_000_000), role=Role.CDN))
    cancel = Cancel()
    pressed: list[float] = []

    def press() -> None:
        _wait_until(lambda: bool(hub.requests.select(role=Role.CDN)))
        pressed.append(time.monotonic())
        cancel.cancel()

    presser = threading.Thread(target=press)
    presser.start()
    with pytest.raises(TransferCancelled):
        fetch(by_hub, big, cancel=cancel)
    presser.join()

    assert time.monotonic() - pressed[0] < 1
    assert _children() == []
    assert _left_in(tmp_path / "scratch") == []


def test_silence_is_a_stall(
    hub: PretendHub, big: FileSource, make_hub: Callable[..., HubDownloader]
) -> None:
    hub.faults.add(Fault(Stall(seconds=20, after=1_000_000), role=Role.CDN))

    with pytest.raises(TransferStalled):
        fetch(make_hub(stall_seconds=2.5), big)

    assert _children() == []


def test_a_killed_process_costs_one_attempt_and_no_more(
    hub: PretendHub, big: FileSource, by_hub: HubDownloader
) -> None:
    hub.faults.add(Fault(Stall(seconds=10, after=1_000_000), role=Role.CDN, times=1))

    def kill() -> None:
        _wait_until(lambda: bool(hub.requests.select(role=Role.CDN)))
        os.kill(_children()[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ConnectionLost, match="signal 9"):
        fetch(by_hub, big)
    killer.join()

    assert fetch(by_hub, big) == BIG


def test_the_process_does_not_outlive_a_killed_worker(
    hub: PretendHub, big: FileSource, tmp_path: Path
) -> None:
    hub.faults.add(Fault(Stall(seconds=20, after=1_000_000), role=Role.CDN))
    program = (
        "import pathlib, sys; from tests.transfer.asking import fetch, route;"
        "from hfdl_core.models import *; from hfdl_core.transfer import *;"
        f"fetch(HubDownloader(route(), None, pathlib.Path(sys.argv[1])), {_written(big)})"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) as worker:
        _wait_until(lambda: bool(hub.requests.select(role=Role.CDN)))
        [process] = _children(of=worker.pid)
        worker.kill()

    _wait_until(lambda: not _command_line(process))

    assert not _command_line(process)


def _written(source: FileSource) -> str:
    """The source as an expression."""
    file = f"RepoFile({source.file.path!r}, {source.file.size}, {source.file.digest!r})"
    repo = f"RepoType({source.repo_type.value!r}), {source.repo_id!r}, {source.commit!r}"
    return f"FileSource({source.endpoint!r}, {repo}, {file})"


def test_a_short_body_is_never_passed_off_as_the_file(
    hub: PretendHub, big: FileSource, by_hub: HubDownloader
) -> None:
    hub.faults.add(Fault(ShortBody(length=1_000), role=Role.CDN))
    sink = Sink()

    with pytest.raises(ConnectionLost):
        fetch(by_hub, big, sink=sink)

    assert not sink.body


def test_a_xet_file_whose_store_cannot_be_reached_is_a_leaf_of_ours(
    hub: PretendHub, by_hub: HubDownloader
) -> None:
    repo: Repo = hub.add_repo("acme/xet", {"big.bin": BIG}, xet=True)

    with pytest.raises(HfdlError):
        fetch(by_hub, source_of(hub, repo, "big.bin"))


def test_files_in_the_working_directory_are_not_imported(
    big: FileSource, by_hub: HubDownloader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("huggingface_hub", "requests", "json", "queue"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a downloaded file was run')")
    monkeypatch.chdir(tmp_path)

    assert fetch(by_hub, big) == BIG


def _children(of: int | None = None) -> list[int]:
    """The huggingface_hub processes of a worker, or our own."""
    parent = of or os.getpid()
    ours = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and b"hub_program" in _command_line(int(entry.name)):
            status = (entry / "stat").read_text()
            if int(status.rpartition(")")[2].split()[1]) == parent:
                ours.append(int(entry.name))
    return ours


def _command_line(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _left_in(scratch: Path) -> list[Path]:
    return [path for path in scratch.rglob("*") if path.is_file() and path.name != "lock"]


def _wait_until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
