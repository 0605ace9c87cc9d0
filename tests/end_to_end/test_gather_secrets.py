"""What nobody may read: the collector's secret, passwords and tokens stay where they belong."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_tui.demo.hub import PretendHub
from tests.end_to_end.fleet import Fleet, wait_until
from tests.end_to_end.gathered import (
    HERE,
    MIB,
    background_collectors,
    big,
    job_of,
    wait_for_bytes,
)
from tests.redis_servers import RedisServer, valkey_server

pytestmark = pytest.mark.end_to_end

_PASSWORD = "pa55word-of-redis"
_TOKEN = "hf_t0ken0fthehub"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[RedisServer]:
    with valkey_server(tmp_path / "guarded", "--requirepass", _PASSWORD) as running:
        yield running


@pytest.fixture
def careful(tmp_path: Path, hub: PretendHub, guarded: RedisServer) -> Iterator[Fleet]:
    """A fleet whose queue wants a password, which each machine has in a file."""
    running = Fleet(tmp_path / "machines", hub, f"redis://{HERE}:{guarded.port}/0")
    yield running
    for process in background_collectors(running):
        os.kill(process, signal.SIGKILL)
    running.end()


def test_secrets_stand_in_no_log_event_process_list_or_message(
    careful: Fleet, hub: PretendHub, guarded: RedisServer, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text(f"{_PASSWORD}\n")
    known = ("--redis-password-file", str(file), "--log-level", "DEBUG")
    hub.add_token(_TOKEN, repos=["acme/big"])
    hub.add_repo("acme/big", {"big.bin": big(8)})
    hub.bandwidth.limit_client(HERE, 2 * MIB)
    first = careful.start("get", "acme/big", *known, HF_TOKEN=_TOKEN)
    wait_for_bytes(careful, 2 * MIB)
    job = job_of(first)
    first.signal(signal.SIGINT)
    assert first.wait(15) == 130, first.output

    careful.run("pause", job, *known)
    resumed = careful.run("resume", job, *known, HF_TOKEN=_TOKEN)
    assert resumed.returncode == 0, resumed.stderr
    [collector] = background_collectors(careful)
    worker = careful.worker("one", *known, HF_TOKEN=_TOKEN)
    wait_until(lambda: worker.output.count("PUT /v1/jobs/") > 0, 30, careful.logs)
    lists = b"".join(
        Path(f"/proc/{process}/cmdline").read_bytes() for process in (collector, worker.process.pid)
    ).decode()
    hub.bandwidth.limit_client(HERE, None)
    wait_until(lambda: not background_collectors(careful), 30, careful.logs)
    events = careful.run("events", job, "--json", *known).stdout

    secret = guarded.command("HGET", f"hfdl:{{{job}}}:meta", "collector_secret").decode()
    told = careful.logs() + _written_files(careful.base) + lists + events + resumed.stderr
    assert job in told
    for hidden in (secret, _PASSWORD, _TOKEN):
        assert hidden not in told
    assert _keys_with(guarded, secret) == [f"hfdl:{{{job}}}:meta"]
    assert _keys_with(guarded, _TOKEN) == []


def _written_files(base: Path) -> str:
    """Logs and state of all machines, without what was downloaded."""
    return "".join(
        path.read_text(errors="replace")
        for path in base.rglob("*")
        if path.is_file() and path.stat().st_size < MIB
    )


def _keys_with(server: RedisServer, text: str) -> list[str]:
    """The keys whose value holds the text, whatever their kind."""
    keys: list[bytes] = server.command("KEYS", "*")
    return [key.decode() for key in keys if text.encode() in _value(server, key)]


def _value(server: RedisServer, key: bytes) -> bytes:
    match server.client.type(key):
        case b"hash":
            return repr(server.client.hgetall(key)).encode()
        case b"string":
            return repr(server.client.get(key)).encode()
        case b"zset":
            return repr(server.client.zrange(key, 0, -1)).encode()
        case b"stream":
            return repr(server.client.xrange(key)).encode()
        case _:
            return repr(server.client.smembers(key)).encode()
