"""Redis' own complaints in our words, each with what to do next."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions

from hfdl_core.errors import QueueError, QueueRefused, QueueUnavailable
from hfdl_core.redis_target import RedisTarget

# Error codes that redis-py hands on as plain text.
_REFUSALS = {
    "MISCONF": "cannot write its disk and refuses changes: free space there",
    "WRONGTYPE": "holds other data under hfdl's keys: use another database number",
    "NOREPLICAS": "has too few replicas and refuses changes: bring them back",
}
# What our own scripts answer when they refuse, before they have changed anything.
_SCRIPT_CODES = {"EMPTIED", "PLAN", "STATE"}
_LOGIN = (exceptions.AuthenticationError, exceptions.AuthenticationWrongNumberOfArgsError)
_FORBIDDEN = (exceptions.NoPermissionError, exceptions.AuthorizationError)
_ADVICE = (
    (exceptions.ReadOnlyError, "is a read-only replica: give its primary's address"),
    (exceptions.OutOfMemoryError, "is out of memory: raise its maxmemory"),
)
_PASSING = {"BUSY", "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN", "UNKILLABLE"}


class ScriptRefused(QueueRefused):
    """One of our scripts refused; the room says what that means for the job it was called for."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@contextmanager
def translated(target: RedisTarget) -> Iterator[None]:
    """Raise QueueError leaves for whatever redis-py raises inside."""
    try:
        yield
    except (exceptions.RedisError, OSError) as error:
        raise translate(error, target) from error


def translate(error: Exception, target: RedisTarget) -> QueueError:
    where = target.describe()
    text = _one_line(error)
    for kinds, advice in _ADVICE:
        if isinstance(error, kinds):
            return QueueRefused(f"{where} {advice}")
    if isinstance(error, _LOGIN):
        return QueueRefused(f"{where} {_login_advice(target)}")
    if isinstance(error, _FORBIDDEN):
        return QueueRefused(f"{where} does not let this user work: {text}")
    if isinstance(error, exceptions.ResponseError):
        return _refused(text, where)
    if _is_tls(error):
        return QueueRefused(f"{where} cannot be trusted over TLS: {text}; see --redis-ca-file")
    return QueueUnavailable(f"{where} does not answer: {text}")


def _refused(text: str, where: str) -> QueueError:
    code, _, reason = text.partition(" ")
    if code in _SCRIPT_CODES:
        # Redis adds where in the script the error was raised.
        return ScriptRefused(code, reason.partition(" script: ")[0])
    if code in _PASSING:
        return QueueUnavailable(f"{where} is busy: {text}")
    return QueueRefused(f"{where} {_REFUSALS.get(code, f'refuses: {text}')}")


def _login_advice(target: RedisTarget) -> str:
    if target.password is None:
        return "wants a password: give --redis-password-file or HFDL_REDIS_PASSWORD"
    return "does not take this password: check --redis-password and --redis-username"


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
