"""Small repos for tests, as indexes of their files."""

from collections.abc import Iterable, Mapping

from hypothesis import strategies as st

from hfdl_core.models import RepoFile
from hfdl_tui.dashboard.view.files.file_index import FileIndex
from hfdl_tui.dashboard.view.files.index_builder import IndexBuilder

# Few names, so that folders fill; signs before and after the slash in order; wildcards; a blank.
_NAMES = st.sampled_from(["a", "b", "a-b", "a.b", "a[0]", "x*", "?", "Été", "日本", " ", "!", "]"])
PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)
SETS_OF_PATHS = st.lists(PATHS, min_size=1, max_size=25, unique=True)


def index_of(files: Iterable[str] | Mapping[str, int]) -> FileIndex:
    """Of paths with their sizes; without, each file is as large as its place among them."""
    sizes = files if isinstance(files, Mapping) else {path: n for n, path in enumerate(files, 1)}
    builder = IndexBuilder()
    builder.add(RepoFile(path, size, "") for path, size in sizes.items())
    return builder.index()
