"""The dashboard in a real terminal: tmux, which says what was painted and what was left behind."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

PATIENCE_SECONDS = 20.0
_SHELL = "/bin/sh"


class Terminal:
    """One pane with a shell in it; programs are started from that shell and leave it behind."""

    def __init__(
        self,
        base: Path,
        columns: int = 120,
        rows: int = 36,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """`environ` is all that programs in it see of the environment but for PATH and the home."""
        base.mkdir(parents=True, exist_ok=True)
        self._tmux = ("tmux", "-S", str(base / "tmux"), "-f", "/dev/null")
        self.home = base / "home"
        self.home.mkdir(exist_ok=True)
        given = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TERM": "screen-256color",
            "LANG": "C.UTF-8",
            "PS1": "$ ",
            **{f"XDG_{name}_HOME": str(self.home / name) for name in _XDG},
            **(environ or {}),
        }
        words = [f"{name}={value}" for name, value in given.items() if value]
        shell = shlex.join(["env", "-i", *words, _SHELL])
        self._run("new-session", "-d", "-x", str(columns), "-y", str(rows), shell)
        self._run("set-option", "-g", "status", "off")
        self._run("resize-window", "-x", str(columns), "-y", str(rows))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)

    def hfdl(self, *arguments: str, before: str = "", after: str = "") -> None:
        """Type the command; `before` and `after` stand around it on the shell's line."""
        command = shlex.join([sys.executable, "-P", "-m", "hfdl_tui", *arguments])
        self.type(f"{before}{command}{after}")

    def type(self, line: str) -> None:
        self._run("send-keys", "-l", line)
        self._run("send-keys", "Enter")

    def press(self, *keys: str) -> None:
        """Keys as tmux names them: `q`, `Escape`, `C-c`, `F1`."""
        self._run("send-keys", *keys)

    def send(self, characters: str) -> None:
        """These very characters, as a terminal itself sends them."""
        if characters:
            self._run("send-keys", "-H", *(f"{ord(each):02x}" for each in characters))

    def resize(self, columns: int, rows: int) -> None:
        self._run("resize-window", "-x", str(columns), "-y", str(rows))

    @property
    def screen(self) -> str:
        return self._run("capture-pane", "-p")

    @property
    def history(self) -> str:
        """What went before, too."""
        return self._run("capture-pane", "-p", "-J", "-S", "-")

    def fact(self, name: str) -> str:
        """What tmux knows of the pane: `pane_title`, `alternate_on`, `mouse_any_flag` …"""
        return self._run("display-message", "-p", f"#{{{name}}}").strip()

    @property
    def pid(self) -> int:
        """Of the program that runs in the foreground, a child of the pane's shell."""
        shell = self.fact("pane_pid")
        children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
        assert children, f"nothing runs in the terminal:\n{self.screen}"
        return int(children[-1])

    @property
    def is_at_shell(self) -> bool:
        shell = self.fact("pane_pid")
        return not Path(f"/proc/{shell}/task/{shell}/children").read_text().split()

    def wait_for(self, text: str, seconds: float = PATIENCE_SECONDS) -> str:
        self.wait_until(lambda: text in self.screen, seconds, f"{text!r}")
        return self.screen

    def wait_until(
        self, condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS, what: str = ""
    ) -> float:
        """Seconds that it took."""
        began = time.monotonic()
        while not condition():
            waited = time.monotonic() - began
            assert waited < seconds, f"not within {seconds} s: {what}\n{self.screen}"
            time.sleep(0.02)
        return time.monotonic() - began

    def wait_for_shell(self, seconds: float = PATIENCE_SECONDS) -> float:
        return self.wait_until(lambda: self.is_at_shell, seconds, "the shell's prompt")

    def _run(self, *words: str) -> str:
        finished = subprocess.run(
            [*self._tmux, *words], capture_output=True, text=True, check=False, timeout=20
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout


_XDG = ("CONFIG", "DATA", "STATE", "CACHE")
