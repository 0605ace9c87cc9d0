"""Files as the Hub would list them, made from their content."""

import hashlib
import zlib
from pathlib import Path

from hfdl_core.models import RepoFile
from hfdl_core.storage import GatheredFile, OutputDirectory

COMMIT = "c0ffee" + 34 * "0"
OWNER = "worker-07"

Given = tuple[int, bytes, int, str]


def lfs_file(path: str, content: bytes) -> RepoFile:
    return RepoFile(path, len(content), hashlib.sha256(content).hexdigest())


def regular_file(path: str, content: bytes) -> RepoFile:
    header = f"blob {len(content)}\0".encode()
    return RepoFile(path, len(content), hashlib.sha1(header + content).hexdigest())


def store(output: OutputDirectory, file: RepoFile, content: bytes, owner: str = OWNER) -> None:
    """Bring a file home, from wherever it was."""
    with output.open_incomplete(file, owner) as incomplete:
        incomplete.write(content[incomplete.position :])
        incomplete.finish(COMMIT)


def incompletes(output: OutputDirectory) -> list[Path]:
    """Everything temporary below an output directory."""
    return sorted((output.root / ".cache/huggingface/hfdl/incomplete").iterdir())


def everything(root: Path) -> dict[str, bytes]:
    """Every file a user sees: path and content, the records left out."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".cache" not in path.relative_to(root).parts
    }


def block_of(content: bytes, begin: int, end: int, source: str = OWNER) -> Given:
    """The arguments with which a gathered file is given [begin, end) of its content."""
    data = content[begin:end]
    return begin, data, zlib.crc32(data), source


def give(gathered: GatheredFile, content: bytes, begin: int, end: int, source: str = OWNER) -> int:
    """Hand over [begin, end) of a file's content."""
    return gathered.write(*block_of(content, begin, end, source))


def blocks_of(size: int, step: int) -> list[tuple[int, int]]:
    return [(begin, min(begin + step, size)) for begin in range(0, size, step)]


def content_path(output: OutputDirectory) -> Path:
    return next(path for path in incompletes(output) if path.suffix == ".incomplete")


def journal_path(output: OutputDirectory) -> Path:
    return next(path for path in incompletes(output) if path.suffix == ".journal")
