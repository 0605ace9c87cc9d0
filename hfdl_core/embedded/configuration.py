"""The own server's configuration; given to it on stdin, so that it is in no file or command."""

from pathlib import Path

from hfdl_core.embedded.access import JOINER, own_user_line


def configuration(socket: Path, data: Path, password: str) -> str:
    """Private: a unix socket, no port; opening it to others is done later, while it runs."""
    lines = [
        "port 0",
        f"unixsocket {_quoted(socket)}",
        "unixsocketperm 700",
        "protected-mode yes",
        own_user_line(password),
        f"user {JOINER} off",
        f"dir {_quoted(data)}",
        "appendonly yes",
        "appendfsync everysec",
        # The default of 64 MB would keep ten times the size of a usual job on disk.
        "auto-aof-rewrite-min-size 16mb",
        "auto-aof-rewrite-percentage 100",
        'save ""',
        "maxmemory-policy noeviction",
        "tcp-keepalive 60",
        "daemonize no",
        'logfile ""',
        "always-show-logo no",
    ]
    return "\n".join(lines) + "\n"


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
