"""A job's manifest is kept beside its files, whole or not at all."""

from pathlib import Path

import pytest

from hfdl_core.errors import StorageError
from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory

FILES = [RepoFile(f"data/ü {n}\udcff.bin", n * 1000, f"{n:064x}") for n in range(5000)]


@pytest.fixture
def output(tmp_path: Path) -> OutputDirectory:
    made = OutputDirectory(tmp_path / "out")
    made.prepare()
    return made


def _copy(output: OutputDirectory) -> Path:
    [copy] = (output.root / ".cache/huggingface/hfdl/manifests").iterdir()
    return copy


def test_the_files_come_back_in_their_order(output: OutputDirectory) -> None:
    output.keep_manifest("job-1", iter(FILES))

    assert list(output.kept_manifest("job-1")) == FILES


def test_a_copy_that_is_there_is_not_written_again(output: OutputDirectory) -> None:
    output.keep_manifest("job-1", FILES)
    before = _copy(output).stat().st_ino

    output.keep_manifest("job-1", iter([]))

    assert _copy(output).stat().st_ino == before


def test_a_copy_whose_writing_failed_is_none(output: OutputDirectory) -> None:
    def broken() -> object:
        yield FILES[0]
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        output.keep_manifest("job-1", broken())  # type: ignore[arg-type]  # it never ends

    with pytest.raises(StorageError, match="is gone: give the job's command again"):
        list(output.kept_manifest("job-1"))


@pytest.mark.parametrize("damage", [lambda raw: raw[:-9], lambda _: b"x" * 40, lambda _: b""])
def test_a_damaged_copy_is_said_to_be_one(output: OutputDirectory, damage: object) -> None:
    output.keep_manifest("job-1", FILES)
    copy = _copy(output)
    copy.write_bytes(damage(copy.read_bytes()))  # type: ignore[operator]  # a lambda above

    with pytest.raises(StorageError, match="damaged: give the job's command again"):
        list(output.kept_manifest("job-1"))


def test_a_dropped_copy_is_gone_and_may_be_dropped_again(output: OutputDirectory) -> None:
    output.keep_manifest("job-1", FILES)

    output.drop_manifest("job-1")
    output.drop_manifest("job-1")

    with pytest.raises(StorageError):
        list(output.kept_manifest("job-1"))


def test_an_id_that_leaves_the_directory_is_refused(output: OutputDirectory) -> None:
    with pytest.raises(StorageError, match="is not the id of a job"):
        output.keep_manifest("../../x", FILES)
