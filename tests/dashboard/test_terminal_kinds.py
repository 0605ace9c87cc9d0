"""Acceptance checks 4 and 15: names that attack a terminal, and terminals that can do little."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hfdl_core.models import RepoFile, WorkerState, WorkerStatus
from hfdl_core.queue import RedisClient
from tests.dashboard.real_terminal import Terminal
from tests.queue.bench import PLAN, Bench, make_spec, make_tasks
from tests.redis_servers import RedisServer, valkey_server

ATTACK = "\x1b]0;PWNED\x07\x1b[2J\x9b2J"
SHOWN = r"\x1b]0;PWNED\x07\x1b[2J"
NAMES = ("data/plain.bin", f"{ATTACK}.bin", "日本語.bin")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with valkey_server(tmp_path_factory.mktemp("redis")) as running:
        with RedisClient(running.target) as queue:
            plant(running, queue)
        yield running


def plant(server: RedisServer, queue: RedisClient) -> None:
    """A job of which everything failed, with an attack wherever text comes from elsewhere."""
    bench = Bench(server, queue)
    spec = make_spec().model_copy(update={"repo_id": f"acme/{ATTACK}", "max_attempts": 1})
    begun = queue.begin_plan(spec, PLAN, 50)
    sizes = [500, 400, 300]
    files = tuple(RepoFile(*each, "") for each in zip(NAMES, sizes, strict=True))
    queue.publish_page(spec.job_id, begun.epoch, 0, files, make_tasks(sizes))
    queue.seal(spec.job_id, begun.epoch, PLAN, len(sizes), sum(sizes), 1)
    for _each in sizes:
        bench.fail(bench.claim(spec.job_id, f"{ATTACK}/boot"), cause=ATTACK, permanent=True)
    queue.log(spec.job_id, "note", ATTACK)
    queue.beat(
        WorkerStatus(
            worker_id=ATTACK,
            boot_id="boot",
            host=ATTACK,
            pid=1,
            version=ATTACK,
            state=WorkerState.STEPPED_ASIDE,
            reason=ATTACK,
            last_error=ATTACK,
            started_at=datetime.now(UTC),
        )
    )


def open_dashboard(terminal: Terminal, server: RedisServer) -> None:
    terminal.wait_for("$")
    terminal.hfdl("--redis-host", "127.0.0.1", "--redis-port", str(server.port))


def test_names_neither_steer_the_terminal_nor_break_the_screen(
    tmp_path: Path, server: RedisServer
) -> None:
    with Terminal(tmp_path) as terminal:
        before = terminal.fact("pane_title")
        open_dashboard(terminal, server)
        terminal.wait_for("redis ●")

        terminal.wait_for(SHOWN[:9])
        assert_whole(terminal)
        for key, tab in (("3", "[3 Work"), ("4", "[4 Tasks"), ("5", "[5 Ev")):
            terminal.press(key)
            terminal.wait_for(tab)
            terminal.wait_for(SHOWN[:9])
            assert_whole(terminal)
            terminal.press("Enter")  # all that is known of it
            terminal.wait_until(lambda: "esc closes" in terminal.screen, what="a dialog")
            assert SHOWN in terminal.screen
            terminal.press("Escape")
            terminal.wait_until(lambda: "esc closes" not in terminal.screen, what="the page")
            assert_whole(terminal)

        terminal.press("q")
        terminal.wait_for_shell()
        assert terminal.fact("pane_title") == before


def assert_whole(terminal: Terminal) -> None:
    assert terminal.fact("pane_title").startswith(f"hfdl 0.0 % acme/{SHOWN}")
    lines = terminal.screen.splitlines()
    assert "acme/" in lines[0]
    assert "q leave" in lines[-1]


# --- terminals ------------------------------------------------------------------------------------


PAGES = {"1": "3 files failed", "3": "trouble first", "5": "note", "4": "the whole error"}


def compare_pages(
    base: Path,
    server: RedisServer,
    kinds: Mapping[str, Mapping[str, str]],
    form: Callable[[str], object],
) -> dict[str, str]:
    """Each kind of terminal shows each page as one with colours does; what they show at last."""
    with ExitStack() as stack:
        terminals = {
            name: stack.enter_context(Terminal(base / name, 100, 24, environ))
            for name, environ in {"colour": {}, **kinds}.items()
        }
        for terminal in terminals.values():
            open_dashboard(terminal, server)
        for terminal in terminals.values():
            terminal.wait_for("[1 Overview")
        for key, content in PAGES.items():
            for terminal in terminals.values():
                terminal.press(key)
            for terminal in terminals.values():
                terminal.wait_for(content)
            until_alike(terminals, form)
        shown = {name: terminal.screen for name, terminal in terminals.items()}
        for terminal in terminals.values():
            terminal.press("q")
        for terminal in terminals.values():
            terminal.wait_for_shell()
    return shown


def until_alike(terminals: Mapping[str, Terminal], form: Callable[[str], object]) -> None:
    """Sooner or later, for what ages does so in each at another moment."""
    expected = terminals["colour"]
    for name, terminal in terminals.items():
        terminal.wait_until(
            lambda one=terminal: form(one.screen) == form(expected.screen),  # type: ignore[misc]
            what=f"{name} as\n{expected.screen}",
        )


def test_without_colours_it_says_the_same(tmp_path: Path, server: RedisServer) -> None:
    kinds = {
        "no-color": {"NO_COLOR": "1"},
        "screen": {"TERM": "screen"},
        "dumb": {"TERM": "dumb"},
    }

    shown = compare_pages(tmp_path, server, kinds, lines)

    assert "✗ data/plain.bin" in shown["colour"]
    assert "日本語" in shown["colour"]


def test_where_nothing_but_ascii_can_be_shown_nothing_else_is(
    tmp_path: Path, server: RedisServer
) -> None:
    kinds = {"c": {"LANG": "C"}, "linux": {"TERM": "linux"}}

    shown = compare_pages(tmp_path, server, kinds, words)

    for kind in kinds:
        assert "x data/plain.bin" in shown[kind]
        assert shown[kind].replace("日本語", "").isascii()


def lines(screen: str) -> list[list[str]]:
    """Word for word and sign for sign, whatever the figures are."""
    return [re.sub(r"\d[\d.,:]*", "0", line).split() for line in screen.splitlines()]


def words(screen: str) -> list[str]:
    """Signs differ."""
    return re.findall(r"[A-Za-z]{2,}", screen)
