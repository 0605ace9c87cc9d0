"""Fetches bytes of files, by plain HTTP or through huggingface_hub."""

from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.downloader import Downloader, Sink
from hfdl_core.transfer.http import HttpDownloader
from hfdl_core.transfer.line import Route
from hfdl_core.transfer.source import FileSource

__all__ = ["Cancel", "Downloader", "FileSource", "HttpDownloader", "Route", "Sink"]
