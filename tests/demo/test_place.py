import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hfdl_core.embedded import ServerHome
from hfdl_core.settings import Settings
from hfdl_tui.demo.place import Place, inside, place_of_a_demo
from hfdl_tui.demo.sweep import processes_of, sweep
from tests.demo.processes import traces_of, wait_until

SLEEP = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path / "demo")
    made.root.mkdir()
    made.furnish()
    return made


def _sleeper(environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        SLEEP, env=environment, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    with process.stdout as printed:
        assert printed.readline() == b"here\n"
    return process


@pytest.fixture
def other() -> Iterator["subprocess.Popen[bytes]"]:
    """A process of another demo, whose name begins with that of the first."""
    running = _sleeper({"XDG_STATE_HOME": "/nowhere/demo-2/state"})
    yield running
    running.kill()
    running.wait()


def test_no_setting_of_the_user_reaches_a_demo(place: Place) -> None:
    users = {
        "PATH": "/bin",
        "HFDL_REDIS_URL": "redis://10.0.0.1",
        "HF_TOKEN": "hf_secret",
        "HUGGING_FACE_HUB_TOKEN": "hf_secret",
        "HF_ENDPOINT": "https://mirror.example",
        "HTTPS_PROXY": "http://proxy.example",
        "all_proxy": "http://proxy.example",
        "REQUESTS_CA_BUNDLE": "/etc/ca.pem",
        "XDG_CONFIG_HOME": "/home/ann/.config",
        "HF_HUB_OFFLINE": "1",
    }

    environment = place.environment(users)
    settings = Settings.load({}, environment)

    assert settings.redis_target() is None
    assert settings.hf_token is None
    assert settings.ca_file is None
    assert settings.hf_hub_offline is False
    assert settings.hf_home.is_relative_to(place.root)
    assert environment["PATH"] == "/bin"
    assert "mirror" not in str(environment)
    assert "proxy.example" not in str(environment)


def test_python_finds_its_modules_from_the_other_working_directory(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.root.parent)

    environment = place.environment({"PYTHONPATH": f"src{os.pathsep}/opt/lib"})

    assert environment["PYTHONPATH"] == f"{place.root.parent / 'src'}{os.pathsep}/opt/lib"


def test_its_server_lies_inside_and_afterwards_all_is_as_before(place: Place) -> None:
    environment, directory = dict(os.environ), Path.cwd()

    with inside(place):
        home = ServerHome.of_this_machine()
        working_directory = Path.cwd()

    assert home.state.is_relative_to(place.root)
    assert home.data.is_relative_to(place.root)
    assert home.log.is_relative_to(place.root)
    assert working_directory == place.work
    assert (dict(os.environ), Path.cwd()) == (environment, directory)


def test_the_directory_is_private_short_and_gone_in_the_end() -> None:
    with place_of_a_demo() as place, inside(place):
        mode = stat.S_IMODE(place.root.stat().st_mode)
        socket = ServerHome.of_this_machine().new_socket()

    assert mode == 0o700
    assert socket.is_relative_to(place.root)
    assert traces_of(place.root) == []


def test_a_long_temporary_directory_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    long = tmp_path / ("x" * 60)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))

    with place_of_a_demo() as place, inside(place):
        socket = ServerHome.of_this_machine().new_socket()

    assert socket.is_relative_to(place.root)


def test_processes_that_left_their_parents_are_ended_and_no_others(
    place: Place, other: "subprocess.Popen[bytes]"
) -> None:
    stray = _sleeper(place.environment(os.environ))
    found = processes_of(place.root)

    sweep(place.root)

    assert found == [stray.pid]
    assert wait_until(lambda: stray.poll() is not None, 5)
    assert other.poll() is None
    assert not place.root.exists()


def test_a_second_sweep_finds_nothing_to_do(place: Place) -> None:
    sweep(place.root)

    sweep(place.root)

    assert not place.root.exists()


def test_what_a_killed_watchdog_leaves_is_cleared_all_the_same() -> None:
    with place_of_a_demo() as place:
        stray = _sleeper(place.environment(os.environ))
        [watchdog] = [
            int(line.partition(":")[0]) for line in traces_of(place.root) if "watchdog" in line
        ]
        os.kill(watchdog, 9)

    assert wait_until(lambda: stray.poll() is not None, 5)
    assert not place.root.exists()
