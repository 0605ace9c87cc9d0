"""Outlives a demo by a moment: when the demo's process ends, however, it clears everything away.

`python -m hfdl_tui.demo.watchdog DIRECTORY` waits for the end of its stdin, a pipe whose other end
nobody but the demo holds.
"""

import os
import signal
import sys
from pathlib import Path

from hfdl_tui.demo.sweep import sweep


def main(root: Path) -> None:
    """Blocks until the demo ends; loads nothing but the standard library, to be there at once."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.chdir("/")
    sys.stdin.buffer.read()
    sweep(root)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
