"""The dashboard's source: opened when it is first asked, and again when its queue was lost."""

import threading
import time
from pathlib import Path

import pytest

from hfdl_core.embedded import EmbeddedServer
from hfdl_core.errors import QueueUnavailable
from hfdl_core.master import JobRequest
from hfdl_core.models import Delivery
from hfdl_core.monitor import FleetView, Focus
from hfdl_core.settings import Settings
from hfdl_tui.dashboard.source import Source
from hfdl_tui.demo.hub import PretendHub
from hfdl_tui.operations.live_source import LiveSource
from hfdl_tui.operations.orders import Limit
from tests.redis_servers import RedisServer

PATIENCE_SECONDS = 20.0


def _settings(home: Path, **more: str) -> Settings:
    return Settings.load({}, {"HOME": str(home), **more})


def _read_again(source: LiveSource) -> FleetView:
    """As the dashboard does it: what is away now may be back with the next look."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return source.read(Focus())
        except QueueUnavailable:
            assert time.monotonic() < give_up_at
            time.sleep(0.05)


def test_a_configured_queue_is_opened_lost_and_found(redis: RedisServer, tmp_path: Path) -> None:
    source = LiveSource(_settings(tmp_path, HFDL_REDIS_URL=redis.url))
    seen_by_the_dashboard: Source = source  # the type checker's business
    before = (seen_by_the_dashboard.address, seen_by_the_dashboard.line)
    try:
        source.read(Focus())
        opened = source.line
        redis.kill()
        with pytest.raises(QueueUnavailable):
            source.read(Focus())
        redis.start()
        _read_again(source)
        done = source.carry_out(Limit(None, "1MB"), print)
        seen = source.read(Focus())
    finally:
        source.close()

    assert before == (f"redis at 127.0.0.1:{redis.port}", "")
    assert opened == before[0]
    assert done.text == "the fleet is limited to 1MB"
    assert seen.limits == {None: "1MB"}
    assert all(isinstance(warning, str) for warning in source.warnings)


def test_its_own_server_is_started_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    source = LiveSource(_settings(tmp_path))
    try:
        source.read(Focus())
        opened = source.line
        running = EmbeddedServer.find()
        assert running is not None
        assert running.stop()
        seen = _read_again(source)
    finally:
        source.close()
        again = EmbeddedServer.find()
        assert again is not None
        assert again.stop()

    assert source.address == "hfdl's own server"
    assert opened == "hfdl's own server (private to this machine)"
    assert seen.jobs == ()


def test_a_long_order_does_not_hold_up_the_reading(
    redis: RedisServer, hub: PretendHub, tmp_path: Path
) -> None:
    hub.add_repo("acme/tiny", {"a": b"1"})
    source = LiveSource(_settings(tmp_path, HFDL_REDIS_URL=redis.url, HF_ENDPOINT=hub.endpoint))
    request = JobRequest(repo="acme/tiny", delivery=Delivery.KEEP, destination="d")
    is_under_way, may_go_on = threading.Event(), threading.Event()

    def tell(_line: str) -> None:
        is_under_way.set()
        assert may_go_on.wait(PATIENCE_SECONDS)

    ordering = threading.Thread(target=source.dry_run, args=(request, tell))
    ordering.start()
    try:
        assert is_under_way.wait(PATIENCE_SECONDS)
        seen = source.read(Focus())
        assert ordering.is_alive()
    finally:
        may_go_on.set()
        ordering.join(PATIENCE_SECONDS)
        source.close()

    assert seen.jobs == ()
