"""Names the temporary files in which downloads grow.

    <hash of path, size and digest>.<hash of the owner>.incomplete    the bytes
    <the same>.position                                               how many are surely there
    <the same>.journal                                                which are, when they come as
                                                                      ranges in any order

The first part alone tells the file, so that room already taken for it can be found whoever fetches
it; the second keeps two machines that share a directory out of each other's bytes.
"""

import hashlib
from typing import Final

from hfdl_core.models import RepoFile

CONTENT_SUFFIX: Final = ".incomplete"
RECORD_SUFFIX: Final = ".position"
JOURNAL_SUFFIX: Final = ".journal"
SCRATCH_SUFFIX: Final = ".tmp"


def content_name(file: RepoFile, owner: str) -> str:
    return f"{file_key(file)}.{owner_key(owner)}{CONTENT_SUFFIX}"


def record_name(content: str) -> str:
    return content.removesuffix(CONTENT_SUFFIX) + RECORD_SUFFIX


def journal_name(content: str) -> str:
    return content.removesuffix(CONTENT_SUFFIX) + JOURNAL_SUFFIX


def file_key(file: RepoFile) -> str:
    return _key(f"{file.path}\n{file.size}\n{file.digest}")


def owner_key(owner: str) -> str:
    return _key(owner)


def _key(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
