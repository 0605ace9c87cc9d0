"""A password given on the command line does not stay on the process list."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from pathlib import Path
from hfdl_tui.cli.hide_password import hide_passwords

options = dict(argument.split("=", 1) for argument in sys.argv[1:])
hide_passwords(options | {"proxy": (options.get("proxy"), None)})
print(Path("/proc/self/cmdline").read_text())
print(options)
"""

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="needs /proc")


def _shown(*arguments: str) -> tuple[str, str]:
    """The process list's view, and the program's own."""
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    listed, own = finished.stdout.splitlines()[-2:]
    return listed.split("-c", 1)[0] + listed.rpartition(PROGRAM)[2], own


@pytest.mark.parametrize(
    "argument",
    [
        "redis_password=s3cret-word",
        "redis_url=redis://user:s3cret-word@10.0.0.1:6380/0",
        "proxy=http://user:s3cret-word@proxy:3128",
    ],
)
def test_the_password_is_overwritten_and_still_known(argument: str) -> None:
    listed, own = _shown(argument)

    assert "s3cret-word" not in listed
    assert "***********" in listed
    assert argument.partition("=")[0] in listed
    assert "s3cret-word" in own


def test_what_holds_no_password_is_left_alone() -> None:
    listed, _ = _shown("redis_url=redis://10.0.0.1:6380/0", "redis_password=")

    assert "redis://10.0.0.1:6380/0" in listed
