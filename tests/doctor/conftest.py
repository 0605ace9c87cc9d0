"""A doctor for a machine with nothing of the real one on it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hfdl_core.bootstrap import make_doctor
from hfdl_core.doctor import Finding
from hfdl_core.hub import RepoReference
from hfdl_core.settings import Settings
from hfdl_tui.demo.hub import PretendHub
from tests.redis_servers import RedisServer, valkey_server

Report = dict[str, Finding]
Examine = Callable[..., Report]


@pytest.fixture(autouse=True)
def _empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "HF_TOKEN", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home" / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture(scope="module")
def hub() -> Iterator[PretendHub]:
    with PretendHub() as running:
        yield running


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with valkey_server(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def examine() -> Examine:
    """What the doctor finds, by check; `HFDL_*` and other variables are given as keywords.

    Several findings of one check: the last.
    """

    def ask(repo: RepoReference | None = None, **environ: str) -> Report:
        settings = Settings.load({}, {**_homes(), **environ})
        found = list(make_doctor(settings, environ, repo).examine())
        return {finding.check: finding for finding in found}

    return ask


def _homes() -> dict[str, str]:
    return {name: os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME")}
