"""A prepared output directory, or a small disk, for each test that asks for it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_core.storage import OutputDirectory


@pytest.fixture
def output(tmp_path: Path) -> OutputDirectory:
    directory = OutputDirectory(tmp_path / "out")
    directory.prepare()
    return directory


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A filesystem of 1 MiB and 40 inodes."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux may mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1m,nr_inodes=40", "tmpfs", str(place)]
    if subprocess.run(["/usr/bin/env", "mount", *options], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    yield place
    subprocess.run(["/usr/bin/env", "umount", str(place)], check=True)
