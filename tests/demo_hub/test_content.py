import hashlib
import subprocess
from pathlib import Path

from hfdl_tui.demo.hub import DiskContent, GeneratedContent, MemoryContent
from hfdl_tui.demo.hub.repo import LfsRule, Repo, RepoKind

MEBIBYTE = 1 << 20


def test_made_up_bytes_depend_on_nothing_but_seed_and_size() -> None:
    first = GeneratedContent(3 * MEBIBYTE, "a")
    second = GeneratedContent(3 * MEBIBYTE, "a")
    other = GeneratedContent(3 * MEBIBYTE, "b")

    assert first.read(0, first.size) == second.read(0, second.size)
    assert first.sha256() != other.sha256()


def test_any_range_of_made_up_bytes_is_that_range_of_the_whole() -> None:
    content = GeneratedContent(2 * MEBIBYTE + 77, 1)
    whole = content.read(0, content.size)

    for start, length in ((0, 1), (MEBIBYTE - 3, 7), (12345, MEBIBYTE), (content.size - 5, 5)):
        assert content.read(start, length) == whole[start : start + length]


def test_a_misplaced_range_of_made_up_bytes_never_matches() -> None:
    content = GeneratedContent(64 * MEBIBYTE, 2)

    starts = [content.read(at, 16) for at in range(0, content.size, MEBIBYTE // 4)]

    assert len(set(starts)) == len(starts)


def test_made_up_files_may_be_larger_than_memory() -> None:
    content = GeneratedContent(50 << 40, 3)

    assert len(content.read(content.size - 100, 100)) == 100
    assert content.read(7 << 40, 8) != content.read(8 << 40, 8)


def test_digests_are_those_that_git_and_sha256sum_tell(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(GeneratedContent(MEBIBYTE + 1, 4).read(0, MEBIBYTE + 1))

    content = DiskContent(path)

    told = subprocess.run(["git", "hash-object", path], check=True, capture_output=True, text=True)  # noqa: S607
    assert content.git_sha1() == told.stdout.strip()
    assert content.sha256() == hashlib.sha256(path.read_bytes()).hexdigest()
    assert MemoryContent(path.read_bytes()).git_sha1() == content.git_sha1()


def test_the_oid_of_an_lfs_file_is_that_of_its_pointer_text() -> None:
    repo = Repo(RepoKind.MODEL, "acme/model", lfs=LfsRule(threshold=10))
    repo.commit({"small": b"x", "large": b"x" * 10, "tiny.gz": b""})

    files = repo.head.files

    pointer = (
        b"version https://git-lfs.github.com/spec/v1\n"
        b"oid sha256:%b\nsize 10\n" % hashlib.sha256(b"x" * 10).hexdigest().encode()
    )
    assert files["large"].oid == hashlib.sha1(b"blob %d\0" % len(pointer) + pointer).hexdigest()
    assert [name for name, file in files.items() if file.lfs] == ["large", "tiny.gz"]


def test_the_same_content_gets_the_same_commit_in_every_hub() -> None:
    commits = {Repo(RepoKind.MODEL, "a/b").commit({"x": b"1"}) for _ in range(2)}
    other = Repo(RepoKind.MODEL, "a/b").commit({"x": b"2"})

    assert len(commits) == 1
    assert other not in commits
