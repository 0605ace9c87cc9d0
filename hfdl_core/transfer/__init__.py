"""Fetches bytes of files: by plain HTTP, or through huggingface_hub."""

from hfdl_core.transfer.auto import AutoDownloader, make_downloader
from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.downloader import Downloader, Sink
from hfdl_core.transfer.http_download import HttpDownloader
from hfdl_core.transfer.hub_download import HubDownloader
from hfdl_core.transfer.hub_gate import HubGate, HubVisit
from hfdl_core.transfer.line import Route
from hfdl_core.transfer.rate_limit import RateLimit
from hfdl_core.transfer.source import FileSource

__all__ = [
    "AutoDownloader",
    "Cancel",
    "Downloader",
    "FileSource",
    "HttpDownloader",
    "HubDownloader",
    "HubGate",
    "HubVisit",
    "RateLimit",
    "Route",
    "Sink",
    "make_downloader",
]
