"""The wire to Redis: two clients, one of which may repeat what it sends; nothing else speaks it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import redis
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.connection import Connection as TcpConnection
from redis.connection import SSLConnection, UnixDomainSocketConnection
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

from hfdl_core.queue.faults import translated
from hfdl_core.queue.scripts import Script
from hfdl_core.redis_target import RedisTarget

# Four sends of at most 5 s each stay well under half a lease.
_ANSWER_SECONDS: Final = 5.0
_CONNECT_SECONDS: Final = 3.0
_REPEATS: Final = 3
_BRIEF_ANSWER_SECONDS: Final = 2.0
_IDLE_CHECK_SECONDS: Final = 30
_MOST_CONNECTIONS: Final = 64
_WAIT_FOR_CONNECTION_SECONDS: Final = 5.0

Word = str | int | float | bytes
Call = tuple[Sequence[str], Sequence[Word]]  # KEYS and ARGV of one script call


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """A script among the commands of one round trip."""

    script: Script
    keys: Sequence[str]
    words: Sequence[Word] = ()

    @property
    def command(self) -> Sequence[Word]:
        return ("EVALSHA", self.script.sha, len(self.keys), *self.keys, *self.words)


Command = Sequence[Word] | ScriptCall


class Connection:
    """Sends commands and scripts from any thread; raises QueueError leaves only.

    What goes through `command`, `run` and their plural forms may be sent again after a lost
    answer: every script is safe to repeat. `command_once` never repeats.
    """

    def __init__(self, target: RedisTarget, client_name: str) -> None:
        self.target = target
        self._client_name = client_name
        backoff = ExponentialWithJitterBackoff(base=0.05, cap=1)
        self._repeating = _client(target, client_name, Retry(backoff, _REPEATS))
        self._once = _client(target, client_name, Retry(NoBackoff(), 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        for client in (self._repeating, self._once):
            client.close()
            client.connection_pool.disconnect()

    def be_brief(self) -> None:
        """Before the first use: nothing is repeated, and two seconds without an answer are enough.

        For screens, which say at once that Redis is away and ask again by themselves. A connection
        that Redis has closed is still opened again once.
        """
        at_once = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        self._repeating = _client(
            self.target, self._client_name, at_once, answer_seconds=_BRIEF_ANSWER_SECONDS
        )

    def command(self, *words: Word) -> Any:
        with translated(self.target):
            return _send(self._repeating, *words)

    def command_once(self, *words: Word) -> Any:
        with translated(self.target):
            return _send(self._once, *words)

    def commands(self, commands: Sequence[Command]) -> list[Any]:
        """Answers in order, from one round trip; the first refusal is raised."""
        if not commands:
            return []
        sent = [one.command if isinstance(one, ScriptCall) else one for one in commands]
        with translated(self.target):
            answers = self._exchange(sent)
            unknown = [n for n, one in enumerate(answers) if isinstance(one, NoScriptError)]
            if unknown:
                # The server was restarted or flushed its scripts.
                self._load({one.script for one in commands if isinstance(one, ScriptCall)})
                again = self._exchange([sent[n] for n in unknown])
                for n, answer in zip(unknown, again, strict=True):
                    answers[n] = answer
            for answer in answers:
                if isinstance(answer, RedisError):
                    raise answer
        return answers

    def run(self, script: Script, keys: Sequence[str], words: Sequence[Word]) -> Any:
        with translated(self.target):
            return self._evaluate(self._repeating, script, keys, words)

    def run_once(self, script: Script, keys: Sequence[str], words: Sequence[Word]) -> Any:
        with translated(self.target):
            return self._evaluate(self._once, script, keys, words)

    def run_many(self, script: Script, calls: Sequence[Call]) -> list[Any]:
        """Answers in order, from one round trip; the first refusal is raised."""
        return self.commands([ScriptCall(script, keys, words) for keys, words in calls])

    def _load(self, scripts: Iterable[Script]) -> None:
        for script in scripts:
            _send(self._repeating, "SCRIPT", "LOAD", script.text)

    def _exchange(self, commands: Sequence[Sequence[Word]]) -> list[Any]:
        with self._repeating.pipeline(transaction=False) as pipeline:
            for words in commands:
                _send(pipeline, *words)
            return pipeline.execute(raise_on_error=False)

    def _evaluate(
        self, client: "redis.Redis", script: Script, keys: Sequence[str], words: Sequence[Word]
    ) -> Any:
        try:
            return _send(client, "EVALSHA", script.sha, len(keys), *keys, *words)
        except NoScriptError:
            # The server was restarted or flushed its scripts; with the text it remembers again.
            return _send(client, "EVAL", script.text, len(keys), *keys, *words)


def _send(client: "redis.Redis", *words: Word) -> Any:
    return client.execute_command(*words)  # type: ignore[no-untyped-call]  # redis-py


def _client(
    target: RedisTarget, client_name: str, retry: Retry, answer_seconds: float = _ANSWER_SECONDS
) -> "redis.Redis":
    where: dict[str, Any]
    if target.unix_socket is not None:
        where = {
            "connection_class": UnixDomainSocketConnection,
            "path": str(target.unix_socket),
        }
    else:
        where = {
            "connection_class": SSLConnection if target.tls else TcpConnection,
            "host": target.host,
            "port": target.port,
            "socket_connect_timeout": min(_CONNECT_SECONDS, answer_seconds),
            "socket_keepalive": True,
        }
    if target.tls and target.ca_file is not None:
        where["ssl_ca_certs"] = str(target.ca_file)
    password = target.password.get_secret_value() if target.password else None
    pool = redis.BlockingConnectionPool(  # type: ignore[no-untyped-call]  # redis-py
        max_connections=_MOST_CONNECTIONS,
        timeout=_WAIT_FOR_CONNECTION_SECONDS,
        db=target.database,
        username=target.username,
        password=password,
        client_name=client_name,
        # RESP3 would switch on maintenance notices, which some proxies do not know.
        protocol=2,
        socket_timeout=answer_seconds,
        retry=retry,
        health_check_interval=_IDLE_CHECK_SECONDS,
        **where,
    )
    return redis.Redis(connection_pool=pool)
