"""The pretend Hub as a process of its own: `python -m hfdl_tui.demo.hub`."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from hfdl_tui.demo.hub.access import Access
from hfdl_tui.demo.hub.content import GeneratedContent, Source, folder_sources
from hfdl_tui.demo.hub.hub import PretendHub
from hfdl_tui.demo.hub.options import HubOptions
from hfdl_tui.demo.hub.repo import RepoKind


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the endpoint as one line of JSON, then serve until SIGTERM or SIGINT."""
    parser = _parser()
    given = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    hub = PretendHub(
        HubOptions(
            host=given.host,
            port=given.port,
            cdn_host=given.cdn_host,
            page_size=given.page_size,
            client_rate=given.client_rate,
            total_rate=given.total_rate,
            signature_seconds=given.signature_seconds,
            admin=given.admin,
        )
    )
    try:
        _fill(hub, given)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    with hub:
        ready = {"endpoint": hub.endpoint, "cdn": hub.cdn_url, "pid": os.getpid()}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        ended.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hfdl_tui.demo.hub", description=main.__doc__)
    option = parser.add_argument
    option("--host", default="127.0.0.1")
    option("--port", type=int, default=0, help="0 lets the system choose")
    option("--cdn-host", default="127.0.0.2", help="another host name than --host")
    option("--folder", action="append", default=[], metavar="[KIND:]NAME=DIR")
    option("--generated", action="append", default=[], metavar="[KIND:]NAME=PATH:BYTES")
    option("--gated", action="append", default=[], metavar="NAME")
    option("--private", action="append", default=[], metavar="NAME")
    option("--token", action="append", default=[], metavar="TOKEN=NAME,NAME", help="opens repos")
    option("--page-size", type=int, default=1000)
    option("--client-rate", type=float, help="bytes a second for each client")
    option("--total-rate", type=float, help="bytes a second for all together")
    option("--client-cap", action="append", default=[], metavar="CLIENT=RATE")
    option("--signature-seconds", type=float, default=3600.0)
    option("--admin", action="store_true", help="allow steering under /_pretend/")
    return parser


def _fill(hub: PretendHub, given: argparse.Namespace) -> None:
    """Add what the options name; raise ValueError for what cannot be read."""
    for (kind, name), sources in _repos(given).items():
        access = Access.PUBLIC
        if name in given.gated:
            access = Access.GATED
        elif name in given.private:
            access = Access.PRIVATE
        hub.add_repo(name, sources, kind, access=access)
    for text in given.token:
        token, _, names = text.partition("=")
        hub.add_token(token, repos=names.split(","))
    for text in given.client_cap:
        client, _, rate = text.rpartition("=")
        hub.bandwidth.limit_client(client, float(rate))


def _repos(given: argparse.Namespace) -> dict[tuple[RepoKind, str], dict[str, Source]]:
    repos: dict[tuple[RepoKind, str], dict[str, Source]] = {}
    for text in given.folder:
        name, _, folder = text.partition("=")
        if not Path(folder).is_dir():
            raise ValueError(f"--folder {text}: {folder!r} is not a folder")
        repos.setdefault(_named(name), {}).update(folder_sources(Path(folder)))
    for text in given.generated:
        name, _, file = text.partition("=")
        path, _, size = file.rpartition(":")
        repos.setdefault(_named(name), {})[path] = GeneratedContent(int(size), path)
    return repos


def _named(text: str) -> tuple[RepoKind, str]:
    kind, found, name = text.partition(":")
    return (RepoKind(kind), name) if found else (RepoKind.DATASET, text)


if __name__ == "__main__":
    main()
