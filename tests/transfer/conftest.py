"""A pretend Hub with one repo, and a downloader that is closed afterwards."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from hfdl_core.transfer import FileSource, HttpDownloader, HubGate
from hfdl_tui.demo.hub import PretendHub, Repo
from tests.transfer.asking import route, source_of

README = b"# A data set\n" * 400
BIG = random.Random(7).randbytes(3_000_000)


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "HF_TOKEN", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "NETRC"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def hub() -> Iterator[PretendHub]:
    with PretendHub() as hub:
        yield hub


@pytest.fixture
def repo(hub: PretendHub) -> Repo:
    return hub.add_repo("acme/data", {"README.md": README, "big.bin": BIG, "empty.txt": b""})


@pytest.fixture
def big(hub: PretendHub, repo: Repo) -> FileSource:
    return source_of(hub, repo, "big.bin")


@pytest.fixture
def readme(hub: PretendHub, repo: Repo) -> FileSource:
    return source_of(hub, repo, "README.md")


@pytest.fixture
def make_http() -> Iterator[Callable[..., HttpDownloader]]:
    made: list[HttpDownloader] = []

    def make(
        *,
        token: str | None = None,
        proxy: str | None = None,
        ca_file: Path | None = None,
        stall_seconds: float = 20.0,
        connect_seconds: float = 10.0,
        gate: HubGate | None = None,
    ) -> HttpDownloader:
        made.append(
            HttpDownloader(
                route(proxy, ca_file, stall_seconds, connect_seconds),
                None if token is None else SecretStr(token),
                gate,
            )
        )
        return made[-1]

    yield make
    for downloader in made:
        downloader.close()


@pytest.fixture
def downloader(make_http: Callable[..., HttpDownloader]) -> HttpDownloader:
    return make_http()
