"""Keeps hfdl's own server open to other machines until a signal ends it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Final

from hfdl_core.embedded import DEFAULT_LISTEN, JoinLine, ListenAddress, serve_foreground
from hfdl_core.settings import Settings
from hfdl_tui.cli.output import emit, tell
from hfdl_tui.cli.signals import StopSignals

_LISTEN_SECONDS: Final = 60.0  # signals wake the wait, so this only bounds a missed one


def host(settings: Settings, listen: str | None) -> None:
    """Serve; raises what kept the server from opening, or ended it."""
    address = ListenAddress.parse(listen) if listen is not None else DEFAULT_LISTEN
    stop = Event()
    with StopSignals() as signals, ThreadPoolExecutor(1, "server") as pool:
        serving = pool.submit(serve_foreground, address, settings.redis_password, _tell, stop)
        serving.add_done_callback(lambda _: signals.wake())
        while not serving.done() and not signals.count:
            signals.wait(_LISTEN_SECONDS)
        stop.set()
        serving.result()


def _tell(join: JoinLine) -> None:
    tell(f"the queue is open at {join.listen}; on each other machine, one of these joins it:")
    for line in join.lines:
        emit(line)
    tell("Ctrl-C closes it to other machines; the jobs in it are kept")
