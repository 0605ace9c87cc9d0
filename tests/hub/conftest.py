"""A pretend Hub, catalogs of it, and a clock that jumps instead of waiting."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from hfdl_core.hub import HubCatalog, RetryPatience
from hfdl_tui.demo.hub import PretendHub
from tests.hub.scripted import ScriptedServer, scripted_server


@dataclass
class JumpingClock:
    """`each_look` seconds pass between two looks at it; `on_sleep` is what a sleeper misses."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)
    each_look: float = 0.0
    on_sleep: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        self.now += self.each_look
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        self.on_sleep()


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def hub() -> Iterator[PretendHub]:
    with PretendHub() as running:
        yield running


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hfdl_core.hub.listing._PAGE_ENTRIES", 10)


MakeCatalog = Callable[..., HubCatalog]


@pytest.fixture
def make_catalog(clock: JumpingClock) -> Iterator[MakeCatalog]:
    patience = RetryPatience(clock=clock, sleep=clock.sleep, chance=random.Random(1))
    with ExitStack() as stack:

        def make(endpoint: str, token: str | None = None, proxy: str | None = None) -> HubCatalog:
            catalog = HubCatalog(
                endpoint,
                SecretStr(token) if token is not None else None,
                proxy=SecretStr(proxy) if proxy else None,
                user_agent="hfdl-tests",
                timeout_seconds=5,
                patience=patience,
            )
            stack.callback(catalog.close)
            return catalog

        yield make
