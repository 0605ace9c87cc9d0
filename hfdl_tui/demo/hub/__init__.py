"""A pretend Hub: a real HTTP server that answers as the Hugging Face Hub and its CDN do.

with PretendHub(HubOptions(client_rate=1_000_000)) as hub:
    hub.add_repo("acme/tiny", {"README.md": b"hello", "big.bin": GeneratedContent(10**9)})
    hub.faults.add(Fault(Cut(after=100), role=Role.CDN, path="*.bin", times=1))
    ...  # point HF_ENDPOINT at hub.endpoint
    assert hub.requests.select(role=Role.CDN)
"""

from hfdl_tui.demo.hub.access import Access
from hfdl_tui.demo.hub.content import Content, DiskContent, GeneratedContent, MemoryContent
from hfdl_tui.demo.hub.exchange import Role
from hfdl_tui.demo.hub.faults import (
    Close,
    Corrupt,
    Cut,
    Delay,
    Drop,
    Fault,
    IgnoreRange,
    ShortBody,
    Stall,
    Status,
    WrongContentRange,
)
from hfdl_tui.demo.hub.hub import PretendHub
from hfdl_tui.demo.hub.options import HubOptions, Paging, ResolveStyle
from hfdl_tui.demo.hub.quotas import Quotas
from hfdl_tui.demo.hub.repo import Commit, LfsRule, Repo, RepoFile, RepoKind
from hfdl_tui.demo.hub.requestlog import Record

__all__ = [
    "Access",
    "Close",
    "Commit",
    "Content",
    "Corrupt",
    "Cut",
    "Delay",
    "DiskContent",
    "Drop",
    "Fault",
    "GeneratedContent",
    "HubOptions",
    "IgnoreRange",
    "LfsRule",
    "MemoryContent",
    "Paging",
    "PretendHub",
    "Quotas",
    "Record",
    "Repo",
    "RepoFile",
    "RepoKind",
    "ResolveStyle",
    "Role",
    "ShortBody",
    "Stall",
    "Status",
    "WrongContentRange",
]
