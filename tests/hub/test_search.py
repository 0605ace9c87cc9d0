"""A search tells what can be chosen, and leaves out what cannot be read."""

from datetime import UTC, datetime

import pytest

from hfdl_core.errors import BadToken
from hfdl_core.models import RepoType
from hfdl_tui.demo.hub import Access, PretendHub
from tests.hub.conftest import MakeCatalog
from tests.hub.scripted import Scripted, ScriptedServer


def test_repos_of_the_type_are_found_by_a_part_of_their_name(
    hub: PretendHub, make_catalog: MakeCatalog
) -> None:
    hub.add_repo("acme/tiny-stories", {"x": b""})
    hub.add_repo("acme/TINY", {"x": b""}, access=Access.GATED)
    hub.add_repo("acme/tiny", {"x": b""}, "model")
    hub.add_repo("acme/other", {"x": b""})

    found = make_catalog(hub.endpoint).search("tiny", RepoType.DATASET, 10)

    assert {hit.repo_id for hit in found} == {"acme/tiny-stories", "acme/TINY"}
    assert {hit.repo_id for hit in found if hit.gated} == {"acme/TINY"}
    assert {hit.repo_type for hit in found} == {RepoType.DATASET}
    assert found[0].updated_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_no_more_than_the_limit_are_given(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    for number in range(5):
        hub.add_repo(f"acme/tiny{number}", {"x": b""})

    assert len(make_catalog(hub.endpoint).search("tiny", RepoType.DATASET, 3)) == 3


def test_odd_hits_are_left_out(scripted: ScriptedServer, make_catalog: MakeCatalog) -> None:
    odd = [{"id": "../x"}, {"id": 5}, "text", None, {}]
    plain = {"id": "acme/ok", "downloads": "many", "lastModified": "yesterday"}
    scripted.answers["/api/models"] = Scripted(value=[*odd, plain])

    (hit,) = make_catalog(scripted.url).search("a&b=c", RepoType.MODEL, 10)

    assert (hit.repo_id, hit.downloads, hit.updated_at) == ("acme/ok", 0, None)
    assert scripted.asked[0].target == "/api/models?search=a%26b%3Dc&limit=10"


def test_bad_token_is_told(hub: PretendHub, make_catalog: MakeCatalog) -> None:
    with pytest.raises(BadToken):
        make_catalog(hub.endpoint, "hf_nobodysnobodys").search("x", RepoType.MODEL, 10)
