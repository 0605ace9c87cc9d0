"""Where the own server of this user on this machine keeps its things."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from hfdl_core.embedded.wire import Refused
from hfdl_core.errors import QueueRefused, QueueUnavailable
from hfdl_core.machine.directories import data_dir, log_dir, state_dir
from hfdl_core.machine.identity import machine_id
from hfdl_core.private_files import private_directory, write_private

# sockaddr_un holds 108 bytes on Linux and 104 on macOS; the server cuts a longer path in silence.
LONGEST_SOCKET_PATH: Final = 100
_SOCKET: Final = "redis.sock"


@dataclass(frozen=True, slots=True)
class ServerState:
    """What a supervisor writes down so that every hfdl command finds its server.

    A hint, not a truth: only who answers on the socket, and who holds the locks, counts. So a
    machine that was switched off or a process id that was given out again does no harm.
    """

    socket: str
    server_pid: int
    supervisor_pid: int
    started_at: str  # ISO 8601 UTC
    version: str


@dataclass(frozen=True, slots=True)
class ServerHome:
    """Paths only; nothing is made before `prepare`."""

    state: Path
    data: Path
    log: Path

    @classmethod
    def of_this_machine(cls) -> Self:
        """Bears the machine's id: machines with one network home run one server each."""
        machine = machine_id()
        return cls(
            state=state_dir() / "server" / machine,
            data=data_dir() / "server" / machine,
            log=log_dir() / f"server-{machine}.log",
        )

    @property
    def start_lock(self) -> Path:
        """Exclusive while a server starts or ends, shared while it is looked for."""
        return self.state / "start.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor for its life: the kernel frees it however that ends."""
        return self.state / "supervisor.lock"

    @property
    def data_lock(self) -> Path:
        """Held by the server process itself: never two servers on one data directory."""
        return self.data / "lock"

    @property
    def foreground_lock(self) -> Path:
        """Held by `hfdl server`."""
        return self.state / "foreground.lock"

    @property
    def state_file(self) -> Path:
        return self.state / "state.json"

    @property
    def opened_file(self) -> Path:
        """Present while the server is open to other machines; says where it listens."""
        return self.state / "opened.json"

    @property
    def own_password_file(self) -> Path:
        return self.state / "own-password"

    @property
    def join_password_file(self) -> Path:
        return self.state / "join-password"

    def prepare(self) -> None:
        """Make the directories, for this user only."""
        private_directory(self.state)
        private_directory(self.data)
        self.log.parent.mkdir(parents=True, exist_ok=True)

    def new_socket(self) -> Path:
        """A path that fits, in a directory that nobody else can enter."""
        socket = self.state / _SOCKET
        if len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH:
            return private_directory(self.state) / _SOCKET
        # Not $XDG_RUNTIME_DIR: it goes when the user logs out, and the server outlives that.
        name = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]
        return private_directory(private_directory(_short_directory()) / name) / _SOCKET

    def read_state(self) -> ServerState | None:
        """None when no server was started, or by a version that wrote something else."""
        try:
            found = json.loads(self.state_file.read_text(encoding="utf-8"))
            return ServerState(**found)
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write_state(self, state: ServerState) -> None:
        write_private(self.state_file, json.dumps(asdict(state)))


@contextmanager
def told_as_unavailable(home: ServerHome) -> Iterator[None]:
    """A place that cannot be used or a server that does not answer becomes one line."""
    try:
        yield
    except (ConnectionError, TimeoutError) as error:
        raise QueueUnavailable(
            f"hfdl's own server does not answer ({error}); try again, or see {home.log}"
        ) from error
    except Refused as error:
        raise QueueRefused(f"hfdl's own server refuses: {error}; see {home.log}") from error
    except OSError as error:
        where = error.filename or home.state
        raise QueueUnavailable(
            f"hfdl's own server cannot be used: {error.strerror or error} ({where});"
            " free or choose another place with XDG_STATE_HOME and XDG_DATA_HOME,"
            " or set HFDL_REDIS_URL"
        ) from error


def _short_directory() -> Path:
    name = f"hfdl-{os.geteuid()}"
    chosen = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(chosen)) < LONGEST_SOCKET_PATH // 2:
        return chosen
    return Path("/tmp") / name  # noqa: S108 - made 0700 and its owner checked
