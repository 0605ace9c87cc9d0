"""No test of the dashboard reads or writes what this machine's user has kept."""

from pathlib import Path

import pytest

from hfdl_core.storage import OutputDirectory
from hfdl_tui.operations import destination
from tests.dashboard.fakes import GB


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture
def this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another name and another disk than those of whatever machine runs the tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(destination, "host_name", lambda: "node-00")
    monkeypatch.setattr(OutputDirectory, "free_bytes", lambda _self: 900 * GB)
