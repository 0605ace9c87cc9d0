"""The dashboard's source: opened when it is first asked, and again when its queue was lost."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from hfdl_core.bootstrap import open_queue
from hfdl_core.embedded import EmbeddedServer
from hfdl_core.embedded.home import ServerHome
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


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    return tmp_path


def test_nothing_of_the_log_is_missed_when_its_own_server_did_not_answer_in_time(
    own_home: Path,
) -> None:
    settings = _settings(own_home)
    source = LiveSource(settings)
    try:
        source.carry_out(Limit(None, "1MB"), print)  # a first line
        source.read(Focus())
        state = ServerHome.of_this_machine().read_state()
        assert state is not None
        os.kill(state.server_pid, signal.SIGSTOP)
        try:
            with pytest.raises(QueueUnavailable):
                source.read(Focus())
        finally:
            os.kill(state.server_pid, signal.SIGCONT)
        with open_queue(settings, may_start=False) as queue:
            for number in range(300):
                queue.client.log(None, "note", f"line {number}")
        seen = [_read_again(source), source.read(Focus())]  # 200 lines each at most
    finally:
        source.close()
        server = EmbeddedServer.find()
        assert server is not None
        assert server.stop()

    told = [event.text for look in seen for event in look.events if event.kind == "note"]
    assert told == [f"line {number}" for number in range(300)]


def test_its_own_server_is_started_and_found_again(own_home: Path) -> None:
    source = LiveSource(_settings(own_home))
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
