"""Takes marks along when a listing has grown: files of a folder marked whole are marked, too."""

from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.folder_table import ROOT
from hfdl_tui.dashboard.view.files.selection import Marked, Selection


def carried(selection: Selection, grown: FileIndex) -> Selection:
    """The same marks over an index that holds all files of the selection's, and perhaps more."""
    old = selection.index
    if selection.count == 0:
        return Selection(grown)
    if selection.of_folder(ROOT) is Marked.ALL:
        return Selection(grown, b"\1" * len(grown))
    flags = _moved(selection.taken().flags, old, grown)
    for folder in _marked_whole(selection):
        path = old.folder_path(folder)
        found = grown.find_folder(path)
        if found is not None and grown.folder_count(found) > old.folder_count(folder):
            first, end = grown.folders.first[found], grown.folders.end[found]
            flags[first:end] = b"\1" * (end - first)
    return Selection(grown, bytes(flags))


def _moved(flags: bytes, old: FileIndex, grown: FileIndex) -> bytearray:
    if len(old) <= len(grown) and grown.paths[len(old) - 1] == old.paths[len(old) - 1]:
        return bytearray(flags) + bytes(len(grown) - len(old))  # all new ones come after
    moved = bytearray(len(grown))
    waiting = iter(zip(old.paths, flags, strict=True))
    path, flag = next(waiting)
    for number, other in enumerate(grown.paths):
        if other == path:
            moved[number] = flag
            path, flag = next(waiting, ("", 0))
    return moved


def _marked_whole(selection: Selection) -> list[int]:
    """The topmost such folders."""
    folders = selection.index.folders
    found = []
    folder = ROOT + 1
    while folder < len(folders):
        if selection.of_folder(folder) is Marked.ALL:
            found.append(folder)
            folder = folders.after[folder]
        else:
            folder += 1
    return found
