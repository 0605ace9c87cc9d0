"""Makes what was written survive a loss of power, as far as the filesystem can."""

import errno
import fcntl
import os
import sys
from typing import Final

# Some network and FUSE filesystems cannot flush a directory and say so; their renames are as
# durable as they make them.
_CANNOT: Final = frozenset({errno.EINVAL, errno.ENOTSUP})


def flush_bytes(descriptor: int) -> None:
    """Return when the file's bytes and its length are on the disk."""
    if sys.platform == "darwin":
        # There fsync() leaves the bytes in the drive's own cache.
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fdatasync(descriptor)


def flush_directory(descriptor: int) -> None:
    """Return when the names made, moved and removed in the directory are on the disk."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
