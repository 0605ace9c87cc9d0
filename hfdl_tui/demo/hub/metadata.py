"""The Hub's JSON answers about a repo: what it is, its refs, searches and who asks."""

import hashlib
from http import HTTPStatus

from hfdl_tui.demo.hub.access import Access, Caller, bad_token
from hfdl_tui.demo.hub.catalog import Catalog, find_commit
from hfdl_tui.demo.hub.exchange import Refusal, Request, Response
from hfdl_tui.demo.hub.options import HubOptions
from hfdl_tui.demo.hub.repo import Repo, RepoFile, RepoKind
from hfdl_tui.demo.hub.routes import Target

_TIME = "2026-01-01T00:00:00.000Z"


def repo_answer(options: HubOptions, repo: Repo, target: Target, request: Request) -> Response:
    """Describe a repo at a revision; with `blobs` each sibling tells size and digests."""
    commit = find_commit(repo, target.revision or "main")
    blobs = request.flag("blobs")
    files = list(commit.files.values())
    siblings = [_sibling(file, blobs=blobs) for file in files[: options.siblings_limit]]
    return Response.of_json(
        {
            **_summary(repo),
            "sha": commit.sha,
            "disabled": repo.access is Access.DISABLED,
            "usedStorage": sum(file.size for file in files),
            "siblings": siblings,
        }
    )


def refs_answer(repo: Repo, request: Request) -> Response:
    answer: dict[str, object] = {
        "branches": [_ref(name, f"refs/heads/{name}", sha) for name, sha in repo.branches.items()],
        "converts": [],
        "tags": [_ref(name, f"refs/tags/{name}", sha) for name, sha in repo.tags.items()],
    }
    if request.flag("include_prs"):
        answer["pullRequests"] = [_ref(name, name, sha) for name, sha in repo.pull_requests.items()]
    return Response.of_json(answer)


def search_answer(catalog: Catalog, caller: Caller, kind: RepoKind, request: Request) -> Response:
    """List repos whose id holds `search`, most downloaded first, at most `limit` of them."""
    if caller.bad_token:
        raise bad_token()
    wanted = request.parameter("search").casefold()
    found = [
        _summary(repo)
        for repo in catalog.visible(caller, kind)
        if wanted in repo.repo_id.casefold()
    ]
    found.sort(key=lambda summary: (-int(str(summary["downloads"])), str(summary["id"])))
    return Response.of_json(found[: request.number("limit", 100)])


def whoami_answer(caller: Caller) -> Response:
    if caller.bad_token:
        raise bad_token()
    if not caller.known:
        raise Refusal(HTTPStatus.UNAUTHORIZED, "Invalid username or password.")
    access_token = {"displayName": "pretend", "role": "read", "createdAt": _TIME}
    return Response.of_json(
        {
            "type": "user",
            "id": _made_up_id(caller.name),
            "name": caller.name,
            "fullname": caller.name,
            "isPro": False,
            "orgs": [],
            "auth": {"type": "access_token", "accessToken": access_token},
        }
    )


def _summary(repo: Repo) -> dict[str, object]:
    popularity = int(_made_up_id(repo.repo_id)[:4], 16)
    return {
        "_id": _made_up_id(f"{repo.kind}:{repo.repo_id}"),
        "id": repo.repo_id,
        "author": repo.repo_id.rpartition("/")[0] or None,
        "private": repo.access is Access.PRIVATE,
        "gated": "auto" if repo.access is Access.GATED else False,
        "lastModified": _TIME,
        "createdAt": _TIME,
        "tags": [],
        "downloads": popularity,
        "likes": popularity // 97,
    }


def _sibling(file: RepoFile, *, blobs: bool) -> dict[str, object]:
    sibling: dict[str, object] = {"rfilename": file.path}
    if not blobs:
        return sibling
    sibling |= {"size": file.size, "blobId": file.oid}
    if file.lfs:
        sibling["lfs"] = {
            "sha256": file.content.sha256(),
            "size": file.size,
            "pointerSize": len(file.pointer),
        }
    return sibling


def _ref(name: str, ref: str, sha: str) -> dict[str, str]:
    return {"name": name, "ref": ref, "targetCommit": sha}


def _made_up_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:24]
