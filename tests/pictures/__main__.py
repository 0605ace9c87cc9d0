"""Makes screenshots/get.svg from a real run in a terminal: `uv run python -m tests.pictures`."""

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from hfdl_tui.demo.hub import GeneratedContent, PretendHub
from hfdl_tui.demo.hub.content import Source

COLUMNS, ROWS = 100, 12
SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
MB = 1_000_000


def main() -> None:
    files: dict[str, Source] = {
        "model-00001-of-00002.safetensors": GeneratedContent(60 * MB, "one"),
        "model-00002-of-00002.safetensors": GeneratedContent(42 * MB, "two"),
        "tokenizer.json": GeneratedContent(2 * MB, "tokens"),
        "config.json": b"{}",
    }
    with tempfile.TemporaryDirectory() as scratch, PretendHub() as hub:
        hub.add_repo("acme/small-model", files, "model")
        hub.bandwidth.limit_clients(8 * MB)
        with _terminal(scratch, hub.endpoint) as look:
            time.sleep(9)
            _save(look(), "get.svg")


@contextlib.contextmanager
def _terminal(home: str, endpoint: str) -> "Iterator[_Look]":
    socket = f"{home}/tmux"
    tmux = ("tmux", "-S", socket, "-f", "/dev/null")
    program = shlex.join([str(Path(sys.executable).parent / "hfdl"), "get", "acme/small-model"])
    inside = f"printf '$ hfdl get acme/small-model\\n'; {program}; sleep 60"
    subprocess.run(
        [*tmux, "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), inside],
        env=os.environ | {"HOME": home, "HF_ENDPOINT": endpoint, "TERM": "xterm-256color"},
        cwd=home,
        check=True,
    )
    try:
        yield _Look(tmux)
    finally:
        subprocess.run([*tmux, "send-keys", "C-c"], check=False)
        time.sleep(3)
        subprocess.run([*tmux, "kill-server"], check=False)


class _Look:
    def __init__(self, tmux: tuple[str, ...]) -> None:
        self._tmux = tmux

    def __call__(self) -> str:
        """The screen now, with its colours as escape sequences."""
        seen = subprocess.run(
            [*self._tmux, "capture-pane", "-e", "-p"], capture_output=True, text=True, check=True
        )
        return seen.stdout


def _save(screen: str, name: str) -> None:
    with Path(os.devnull).open("w") as nowhere:
        console = Console(width=COLUMNS, record=True, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(screen.rstrip()))
        SCREENSHOTS.mkdir(exist_ok=True)
        picture = console.export_svg(title="hfdl get")
    # Readers' own monospace font will do: a picture must fetch nothing.
    (SCREENSHOTS / name).write_text(re.sub(r"@font-face\s*{[^}]*}\s*", "", picture))


if __name__ == "__main__":
    main()
