"""The place where a whole file belongs: what must not stand there, and the move into it."""

from hfdl_core.storage.disk_faults import disk_faults
from hfdl_core.storage.durability import flush_bytes, flush_directory
from hfdl_core.storage.places import Parts
from hfdl_core.storage.safe_tree import SafeTree, move, refuse_directory


def refuse_what_is_in_the_way(tree: SafeTree, parts: Parts) -> None:
    """UnsafePath before the bytes are fetched; the move says it once more after them."""
    with tree.found(parts[:-1]) as directory:
        if directory is not None:
            with disk_faults(tree.path(parts)):
                refuse_directory(directory, parts[-1], tree.path(parts))


def move_into_place(
    tree: SafeTree, parts: Parts, from_directory: int, name: str, content: int
) -> None:
    """Return when the bytes, and their new name, are on the disk; `content` is the open file."""
    path = tree.path(parts)
    with tree.made(parts[:-1]) as directory, disk_faults(path):
        flush_bytes(content)
        move(from_directory, name, directory, parts[-1], path)
        flush_directory(directory)
