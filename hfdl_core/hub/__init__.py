"""The Hub as a catalog: which repos there are, what they hold, and who may read them."""

from hfdl_core.hub.catalog import HubCatalog
from hfdl_core.hub.patience import RetryPatience
from hfdl_core.hub.reference import RepoReference, parse_repo
from hfdl_core.hub.values import RepoSnapshot, SearchHit, TreeEntry

__all__ = [
    "HubCatalog",
    "RepoReference",
    "RepoSnapshot",
    "RetryPatience",
    "SearchHit",
    "TreeEntry",
    "parse_repo",
]
