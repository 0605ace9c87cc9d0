"""The addresses under which other machines may reach this one."""

import ipaddress
import socket
from typing import Final

# Documentation addresses (RFC 5737, RFC 3849): "connecting" a datagram socket sends nothing, it
# only asks the routing table which of our addresses would be used.
_FAR_AWAY: Final = (
    (socket.AF_INET, "192.0.2.1"),
    (socket.AF_INET6, "2001:db8::1"),
)


def own_addresses() -> tuple[str, ...]:
    """Addresses in the order in which to try them, loopback left out; may be empty."""
    routed = [_routed(family, far) for family, far in _FAR_AWAY]
    found = dict.fromkeys([address for address in routed if address] + _named())
    return tuple(address for address in found if _is_reachable(address))


def address_towards(host: str, port: int) -> str | None:
    """The address under which this machine reaches that one; None when there is no way."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError:
        return None
    for family, _, _, _, address in found:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect(address)  # sends nothing
                return str(probe.getsockname()[0])
        except OSError:
            continue
    return None


def is_loopback(host: str) -> bool:
    """Whether it names this machine to itself alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _routed(family: socket.AddressFamily, far: str) -> str | None:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((far, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None  # no route of this family


def _named() -> list[str]:
    try:
        answers = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
    except OSError:
        return []  # the own name is in no table
    return [str(address[0]) for *_, address in answers]


def _is_reachable(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)
