"""Turns the pages of a listing, and refuses one that does not end."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urljoin

from requests.utils import parse_header_links

from hfdl_core.errors import ListingBroken
from hfdl_core.hub.connection import Answer, HubConnection, json_of
from hfdl_core.hub.entries import read_entry
from hfdl_core.hub.refusals import Question, refusal
from hfdl_core.hub.values import RepoSnapshot, TreeEntry
from hfdl_core.task_id import MAX_FILES

# More than the Hub gives a page; asking spares us mirrors with a smaller default.
_PAGE_ENTRIES: Final = 1000
# Directories are listed, too, and git has none without a file.
_MOST_ENTRIES: Final = 2 * MAX_FILES
_MOST_PAGES: Final = 200_000
_OK: Final = 200


def tree_path(snapshot: RepoSnapshot, path: str, *, recursive: bool) -> str:
    """The API path of a directory's listing; "" is the root. Booleans must be lower case."""
    place = f"/{quote(path, safe='')}" if path else ""
    return (
        f"/api/{snapshot.repo_type}s/{quote(snapshot.repo_id)}/tree/{snapshot.commit}{place}"
        f"?recursive={str(recursive).lower()}&expand=false&limit={_PAGE_ENTRIES}"
    )


def read_tree(
    connection: HubConnection, first: Answer, asked: Question, below: str
) -> Iterator[TreeEntry]:
    """The entries of a listing, from its first answer on, in flat memory.

    All must lie below the directory `below`. ListingBroken, or the refusal of a later page.
    """
    prefix = f"{below}/" if below else ""
    count = 0
    for answer in _answers(connection, first, asked):
        page = json_of(answer, connection.endpoint.host)
        if not isinstance(page, list):
            raise ListingBroken(f"{asked.repo_id}: the hub's listing is no list")
        for entry in map(read_entry, page):
            if entry is None:
                continue
            count += 1
            if count > _MOST_ENTRIES or not entry.path.startswith(prefix):
                raise ListingBroken(f"{asked.repo_id}: {entry.path!r} is listed out of place")
            yield entry


def _answers(connection: HubConnection, first: Answer, asked: Question) -> Iterator[Answer]:
    """Every page once. A link that was followed before, or a page as before, is an endless loop."""
    answer, url, previous = first, "", b""
    followed = set[int]()
    for _ in range(_MOST_PAGES):
        if answer.status != _OK:
            raise refusal(answer, asked)
        yield answer
        next_link = _next_link(answer)
        if next_link is None:
            return
        url = connection.endpoint.next_page(next_link)
        # The links' hashes: a million of them would not fit.
        if hash(url) in followed or answer.body in {previous, b"[]"}:
            break
        followed.add(hash(url))
        previous = answer.body
        answer = connection.get_url(url)
    raise ListingBroken(f"{asked.repo_id}: the hub's listing goes in circles; try again later")


def _next_link(answer: Answer) -> str | None:
    try:
        for link in parse_header_links(answer.headers.get("Link", "")):
            if link.get("rel") == "next" and "url" in link:
                return urljoin(answer.url, link["url"])
    except ValueError as error:
        raise ListingBroken("the hub names a next page that cannot be read") from error
    return None
