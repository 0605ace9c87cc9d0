"""Files as the Hub would list them, made from their content."""

import hashlib
from pathlib import Path

from hfdl_core.models import RepoFile
from hfdl_core.storage import OutputDirectory

COMMIT = "c0ffee" + 34 * "0"
OWNER = "worker-07"


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
