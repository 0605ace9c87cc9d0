"""One prepared output directory for each test that asks for it."""

from pathlib import Path

import pytest

from hfdl_core.storage import OutputDirectory


@pytest.fixture
def output(tmp_path: Path) -> OutputDirectory:
    directory = OutputDirectory(tmp_path / "out")
    directory.prepare()
    return directory
