"""What plain programs get through: curl over a slow link, bare sockets over the LAN."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.netlab.hub_process import HubProcess
from tests.netlab.lab import Host, Machine

_PIECE: Final = bytes(1 << 20)
_PORT: Final = 7000


def payload_rate(host: Host, address: str, nbytes: int, flows: int = 1) -> float:
    """Body bytes a second of `flows` curls that share `nbytes` between them."""
    share = nbytes // flows
    ranges = [f"{number * share}-{(number + 1) * share - 1}" for number in range(flows)]
    begun = time.monotonic()
    curls = [
        host.start("curl", "-sfL", "-o", "/dev/null", "-r", asked, address) for asked in ranges
    ]
    endings = [curl.wait(120) for curl in curls]
    taken = time.monotonic() - begun
    assert not any(endings), f"curl failed: {endings}"
    return share * flows / taken


def file_address(hub: HubProcess, repo: str, path: str) -> str:
    return f"{hub.endpoint}/datasets/{repo}/resolve/main/{path}"


def lan_rate(sender: Machine, receiver: Machine, nbytes: int) -> float:
    """Bytes a second from one machine to another, through one bare connection."""
    with connection(sender, receiver) as (sending, receiving):
        pump = threading.Thread(target=_send, args=(sending, nbytes))
        begun = time.monotonic()
        pump.start()
        received = 0
        while received < nbytes:
            piece = len(receiving.recv(1 << 20))
            assert piece, "the connection ended early"
            received += piece
        taken = time.monotonic() - begun
        pump.join()
    return nbytes / taken


@contextmanager
def connection(
    from_machine: Machine, to_machine: Machine
) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection between two machines."""
    with to_machine.namespace.entered():
        listening = socket.create_server((to_machine.address, _PORT))
    with listening:
        with from_machine.namespace.entered():
            opened = socket.create_connection((to_machine.address, _PORT), timeout=10)
        accepted, _ = listening.accept()
        with opened, accepted:
            accepted.settimeout(10)
            yield opened, accepted


def _send(sending: socket.socket, nbytes: int) -> None:
    for _ in range(nbytes // len(_PIECE)):
        sending.sendall(_PIECE)
