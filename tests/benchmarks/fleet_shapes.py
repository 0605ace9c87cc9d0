"""The repos that the fleet fetches: the same bytes for the same seed, written once."""

import hashlib
import random
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final

MIB: Final = 1 << 20
SMALL_FILES: Final = 2000
SMALL_BYTES: Final = 4000
_REST_FILES: Final = 120


class Shape(StrEnum):
    """How a repo's bytes are spread over its files."""

    ONE = "one"
    SKEWED = "skewed"
    SMALL = "small"


def sizes_of(shape: Shape, size: int) -> Mapping[str, int]:
    """Bytes by path; together `size`, but for the small files, which have a size of their own."""
    match shape:
        case Shape.ONE:
            return {"data/big.parquet": size}
        case Shape.SKEWED:
            return {"data/big.parquet": size // 2} | _rest(size - size // 2)
        case Shape.SMALL:
            return {f"notes/{n:04}.txt": SMALL_BYTES for n in range(SMALL_FILES)}


def write_repo(folder: Path, sizes: Mapping[str, int]) -> None:
    for path, size in sizes.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        chance = random.Random(f"{path}:{size}")
        with target.open("wb") as file:
            for at in range(0, size, MIB):
                file.write(chance.randbytes(min(MIB, size - at)))


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file but hfdl's and the Hub's own notes, by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and relative.parts[0] != ".cache":
            with path.open("rb") as file:
                found[relative.as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _rest(size: int) -> dict[str, int]:
    """Half of the files small, of some KB, half of them middle, which take what is left."""
    chance = random.Random("rest")
    half = _REST_FILES // 2
    small = {f"meta/{n:03}.json": chance.randrange(500, 60_000) for n in range(half)}
    left = size - sum(small.values())
    assert left > half, f"{size} bytes are too few for the skewed shape"
    weights = [chance.uniform(0.3, 2.0) for _ in range(half)]
    middle = [int(left * weight / sum(weights)) for weight in weights]
    middle[-1] += left - sum(middle)
    return small | {f"data/part-{n:03}.parquet": nbytes for n, nbytes in enumerate(middle)}
