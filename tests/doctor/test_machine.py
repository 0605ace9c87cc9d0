"""What is told of disks, limits and variables of this machine."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hfdl_core.doctor import Health
from hfdl_core.doctor.findings import Finding
from tests.doctor.conftest import Examine, Report

Look = Iterator[Finding]


@pytest.fixture
def look(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> Examine:
    """Without the Hub, which is not what these tests are about."""
    monkeypatch.setattr("hfdl_core.doctor.visit.HubExamination.checks", lambda _: ())
    return lambda **environ: examine(HF_ENDPOINT="http://127.0.0.1:9", **environ)


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[Path]:
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux may mount")
    place.mkdir(parents=True, exist_ok=True)
    command = ["/usr/bin/env", "mount", "-t", "tmpfs", *options, "tmpfs", str(place)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        yield place
    finally:
        subprocess.run(["/usr/bin/env", "umount", str(place)], check=True)


def _everything(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def test_a_good_disk_is_told_with_its_room_and_left_as_it_was(
    tmp_path: Path, look: Examine
) -> None:
    output = tmp_path / "out"
    output.mkdir()
    before = _everything(tmp_path)

    found = look(HFDL_OUTPUT_DIR=str(output))

    assert found["disk"].detail.startswith(f"{output}: ")
    assert "locks work" in found["disk"].detail or found["disk"].status is Health.WARN
    assert found["state"].status is Health.OK
    # Which machine this is, is asked by every command and remembered.
    assert {
        path for path in _everything(tmp_path) - before if not path.startswith("home/")
    } == set()


def test_a_directory_to_be_made_is_judged_by_the_one_above(tmp_path: Path, look: Examine) -> None:
    found = look(HFDL_OUTPUT_DIR=str(tmp_path / "a" / "b"))

    assert f"{tmp_path / 'a' / 'b'} (to be made in {tmp_path})" in found["disk"].detail
    assert not (tmp_path / "a").exists()


def test_a_file_in_the_place_of_the_directory_is_a_failure(tmp_path: Path, look: Examine) -> None:
    (tmp_path / "out").touch()

    found = look(HFDL_OUTPUT_DIR=str(tmp_path / "out"))

    assert (found["disk"].status, found["disk"].exit_code) == (Health.FAIL, 1)


def test_a_disk_with_little_room_is_a_warning(tmp_path: Path, look: Examine) -> None:
    with mounted(tmp_path / "small", "-o", "size=1m,nr_inodes=40") as place:
        found = look(HFDL_OUTPUT_DIR=str(place))

    assert found["disk"].status is Health.WARN
    assert "only 1.0 MB free, 39 more files" in found["disk"].detail
    assert found["disk"].advice == "free some, or choose another -o"


def test_a_full_disk_is_a_failure(tmp_path: Path, look: Examine) -> None:
    with mounted(tmp_path / "small", "-o", "size=1m") as place:
        (place / "ballast").write_bytes(bytes(1 << 20))
        found = look(HFDL_OUTPUT_DIR=str(place))
        left = [path.name for path in place.iterdir()]

    assert (found["disk"].status, found["disk"].exit_code) == (Health.FAIL, 1)
    assert "the disk is full; free some space there" in found["disk"].text
    assert left == ["ballast"]


def test_a_disk_that_cannot_be_written_is_a_failure(
    tmp_path: Path, look: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mounted(tmp_path / "read-only", "-o", "ro") as place:
        monkeypatch.setenv("XDG_STATE_HOME", str(place / "state"))
        found = look(HFDL_OUTPUT_DIR=str(place))

    assert (found["disk"].status, found["disk"].exit_code) == (Health.FAIL, 1)
    assert "read-only file system" in found["disk"].text
    assert "-o" in found["disk"].text
    assert found["state"].status is Health.WARN
    assert "XDG_STATE_HOME" in found["state"].advice


def test_a_cache_on_another_filesystem_is_a_failure(tmp_path: Path, look: Examine) -> None:
    with mounted(tmp_path / "out" / ".cache"):
        found = look(HFDL_OUTPUT_DIR=str(tmp_path / "out"))

    assert found["disk"].status is Health.FAIL
    assert "another filesystem" in found["disk"].detail


def test_a_cache_that_is_a_link_is_a_failure(tmp_path: Path, look: Examine) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".cache").symlink_to(tmp_path)

    found = look(HFDL_OUTPUT_DIR=str(tmp_path / "out"))

    assert found["disk"].status is Health.FAIL
    assert "is a symbolic link: move it away" in found["disk"].text


def test_few_open_files_are_a_warning(look: Examine) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, before[1]))
    try:
        found = look()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)

    assert found["open files"].status is Health.WARN
    assert "ulimit -n 4096" in found["open files"].advice


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"REDIS_URL": "redis://:tops3cret@h"}, "REDIS_URL is set, which hfdl does not read; "),
        ({"HF_API_TOKEN": "tops3cret"}, "HF_API_TOKEN is set, which hfdl does not read; it reads"),
        (
            {"HF_TOKEN": "tops3cret", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"},
            "HF_TOKEN is not used, because HF_HUB_DISABLE_IMPLICIT_TOKEN says so",
        ),
        (
            {"HTTPS_PROXY": "http://a:tops3cret@h:1", "https_proxy": "http://h:2"},
            "HTTPS_PROXY and https_proxy differ: the one in small letters counts",
        ),
        ({"SSL_CERT_FILE": "/nowhere"}, "SSL_CERT_FILE=/nowhere: there is no such file"),
    ],
)
def test_variables_that_mislead_are_told_without_their_values(
    look: Examine, environ: dict[str, str], says: str
) -> None:
    found: Report = look(**environ)

    assert found["environment"].status is Health.WARN
    assert says in found["environment"].text
    assert "tops3cret" not in str(found)


def test_a_second_ca_variable_is_told(tmp_path: Path, look: Examine) -> None:
    for name in ("one.pem", "two.pem"):
        (tmp_path / name).touch()
    one, two = str(tmp_path / "one.pem"), str(tmp_path / "two.pem")

    differing = look(SSL_CERT_FILE=one, REQUESTS_CA_BUNDLE=two)
    agreeing = look(SSL_CERT_FILE=one, REQUESTS_CA_BUNDLE=one)

    assert "REQUESTS_CA_BUNDLE names other certificates" in differing["environment"].detail
    assert differing["environment"].advice == "SSL_CERT_FILE counts"
    assert agreeing["environment"].status is Health.OK
