"""The corner for files in passing: kept as long as needed, cleared after the dead."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hfdl_core.errors import TransferCancelled
from hfdl_core.models import RepoFile, RepoType
from hfdl_core.transfer import Cancel, FileSource
from hfdl_core.transfer.scratch import Scratch


def _source(name: str) -> FileSource:
    file = RepoFile(name, 1, "0" * 64)
    return FileSource("http://hub", RepoType.MODEL, "a/b", "c" * 40, file)


class Bringer:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, path: Path) -> None:
        self.times += 1
        path.write_bytes(b"x")


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    scratch = Scratch(tmp_path)
    yield scratch
    scratch.close()


def _files(scratch: Scratch) -> int:
    return len([path for path in scratch.directory.iterdir() if path.name != "lock"])


def test_a_file_is_brought_once_for_all_its_ranges(scratch: Scratch) -> None:
    bring = Bringer()

    for last in (False, False, True):
        with scratch.whole_file(_source("x"), bring, Cancel(), last=last) as path:
            assert path.read_bytes() == b"x"

    assert bring.times == 1
    assert _files(scratch) == 0


def test_two_unfinished_files_are_kept_and_no_more(scratch: Scratch) -> None:
    bring = Bringer()

    for name in ("a", "b", "a", "c"):
        with scratch.whole_file(_source(name), bring, Cancel(), last=False):
            pass

    assert _files(scratch) == 2
    with scratch.whole_file(_source("a"), bring, Cancel(), last=False):
        assert bring.times == 3


def test_a_file_in_use_is_never_taken_away(scratch: Scratch) -> None:
    bring = Bringer()

    with scratch.whole_file(_source("x"), bring, Cancel(), last=False) as path:
        for name in ("a", "b", "c", "x"):
            with scratch.whole_file(_source(name), bring, Cancel(), last=True):
                pass
        assert path.exists()

    assert _files(scratch) == 0


def test_a_file_that_could_not_be_brought_is_tried_anew(scratch: Scratch) -> None:
    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise ConnectionResetError

    with (
        pytest.raises(ConnectionResetError),
        scratch.whole_file(_source("x"), fail, Cancel(), last=False),
    ):
        pass
    assert _files(scratch) == 0

    with scratch.whole_file(_source("x"), Bringer(), Cancel(), last=False) as path:
        assert path.read_bytes() == b"x"


def test_waiting_for_another_s_download_can_be_cancelled(scratch: Scratch) -> None:
    cancel = Cancel()

    def bring_and_meet_another(path: Path) -> None:
        cancel.cancel()
        with (
            pytest.raises(TransferCancelled),
            scratch.whole_file(_source("x"), Bringer(), cancel, last=False),
        ):
            pass
        path.write_bytes(b"x")

    with scratch.whole_file(_source("x"), bring_and_meet_another, Cancel(), last=True) as path:
        assert path.exists()


def test_what_a_killed_worker_left_is_cleared_and_what_a_living_one_has_is_not(
    tmp_path: Path, scratch: Scratch
) -> None:
    program = (
        "import os, pathlib, sys; from hfdl_core.transfer.scratch import Scratch;"
        "s = Scratch(pathlib.Path(sys.argv[1])); (s.directory / '1').write_text('x');"
        "print(s.directory, flush=True); os.kill(os.getpid(), 9)"
    )
    died = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False
    )
    left = Path(died.stdout.strip())
    assert left.is_dir()

    other = Scratch(tmp_path)

    assert not left.exists()
    assert scratch.directory.is_dir()
    other.close()
