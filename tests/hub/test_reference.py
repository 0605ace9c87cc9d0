"""What people paste for a repo is understood, as far as it can only mean one thing."""

import pytest
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils._hf_uris import parse_hf_uri
from huggingface_hub.utils._validators import validate_repo_id
from hypothesis import given
from hypothesis import strategies as st

from hfdl_core.errors import UsageError
from hfdl_core.hub import RepoReference, parse_repo
from hfdl_core.hub.reference import is_repo_id
from hfdl_core.models import RepoType

DATASET, MODEL, SPACE = RepoType.DATASET, RepoType.MODEL, RepoType.SPACE
COMMIT = "1234567890" * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("owner/name", RepoReference("owner/name")),
        ("gpt2", RepoReference("gpt2")),
        (" owner/name/ ", RepoReference("owner/name")),
        ("microsoft/DialoGPT-medium", RepoReference("microsoft/DialoGPT-medium")),
        ("datasets/owner/name", RepoReference("owner/name", DATASET)),
        ("datasets/squad", RepoReference("squad", DATASET)),
        ("models/owner/name", RepoReference("owner/name", MODEL)),
        ("spaces/owner/name", RepoReference("owner/name", SPACE)),
        ("datasets", RepoReference("datasets")),
    ],
)
def test_name_is_read(text: str, expected: RepoReference) -> None:
    assert parse_repo(text) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://huggingface.co/owner/name", ("owner/name", MODEL, None, None)),
        ("https://huggingface.co/owner/name/", ("owner/name", MODEL, None, None)),
        ("http://www.huggingface.co/gpt2", ("gpt2", MODEL, None, None)),
        ("https://huggingface.co/gpt2/tree/main", ("gpt2", MODEL, "main", None)),
        ("huggingface.co/datasets/o/n", ("o/n", DATASET, None, None)),
        ("HF.co/datasets/o/n", ("o/n", DATASET, None, None)),
        ("https://hf.co/spaces/o/n", ("o/n", SPACE, None, None)),
        ("https://huggingface.co/datasets/squad", ("squad", DATASET, None, None)),
        (
            "https://huggingface.co/datasets/o/n/tree/main/data/en",
            ("o/n", DATASET, "main", "data/en"),
        ),
        (
            "https://huggingface.co/datasets/o/n/blob/v1.0/a%20b%23.csv?download=true#L1",
            ("o/n", DATASET, "v1.0", "a b#.csv"),
        ),
        ("https://huggingface.co/o/n/resolve/main/m.bin", ("o/n", MODEL, "main", "m.bin")),
        (f"https://huggingface.co/o/n/commit/{COMMIT}", ("o/n", MODEL, COMMIT, None)),
        (
            "https://huggingface.co/datasets/o/n/tree/refs%2Fconvert%2Fparquet/default",
            ("o/n", DATASET, "refs/convert/parquet", "default"),
        ),
        ("https://huggingface.co/o/n/tree/refs/pr/12/x", ("o/n", MODEL, "refs/pr/12", "x")),
        ("https://huggingface.co/o/n/tree/feature%2Fx", ("o/n", MODEL, "feature/x", None)),
        ("https://huggingface.co/datasets/o/n/viewer/default/train", ("o/n", DATASET, None, None)),
        ("https://huggingface.co/o/n/discussions/5", ("o/n", MODEL, None, None)),
    ],
)
def test_link_is_read(link: str, expected: tuple[str, RepoType, str | None, str | None]) -> None:
    assert parse_repo(link) == RepoReference(*expected)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("hf://owner/name", ("owner/name", MODEL, None, None)),
        ("hf://datasets/o/n", ("o/n", DATASET, None, None)),
        ("HF://datasets/o/n@v1/data/x.csv", ("o/n", DATASET, "v1", "data/x.csv")),
        ("hf://datasets/o/n/data/x.csv", ("o/n", DATASET, None, "data/x.csv")),
        ("hf://spaces/o/n@refs/pr/3/x", ("o/n", SPACE, "refs/pr/3", "x")),
        ("hf://o/n@feature%2Fx/y", ("o/n", MODEL, "feature/x", "y")),
        ("hf://o/n/mail@home.txt", ("o/n", MODEL, None, "mail@home.txt")),
    ],
)
def test_address_is_read(
    address: str, expected: tuple[str, RepoType, str | None, str | None]
) -> None:
    assert parse_repo(address) == RepoReference(*expected)


@pytest.mark.parametrize(
    "address",
    [
        "hf://owner/name",
        "hf://datasets/o/n@v1/data/x.csv",
        "hf://datasets/o/n/data/x.csv",
        "hf://spaces/o/n@refs/pr/3/x",
        "hf://datasets/o/n@refs/convert/parquet",
        "https://huggingface.co/datasets/o/n/tree/main/data/en",
        "https://huggingface.co/o/n/blob/feature%2Fx/a%20b.txt",
        "https://hf.co/spaces/o/n",
        "huggingface.co/o/n/resolve/main/m.bin?download=true",
    ],
)
def test_library_reads_the_same(address: str) -> None:
    theirs = parse_hf_uri(address)

    ours = parse_repo(address)

    assert (ours.repo_id, ours.repo_type, ours.revision) == (
        theirs.id,
        RepoType(theirs.type),
        theirs.revision,
    )
    assert (ours.path or "") == theirs.path_in_repo


def test_link_to_a_mirror_is_read_when_it_is_the_endpoint() -> None:
    link = "https://hub.example/hf/datasets/o/n/tree/main"

    assert parse_repo(link, "https://hub.example/hf").revision == "main"
    assert parse_repo(link, "https://hub.example/hf/").repo_id == "o/n"
    with pytest.raises(UsageError, match="no link to the hub"):
        parse_repo(link)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "a/b/c",
        "../x",
        "./x",
        "/",
        "a b",
        "a--b/c",
        "a..b",
        "x.git",
        "-x",
        "x\x1b[2J",
        "ünder/score",
        "https://github.com/o/n",
        "https://huggingface.co",
        "https://huggingface.co/",
        "https://huggingface.co.evil.example/o/n",
        "https://[half/o/n",
        "hf://",
        "hf://o/n@",
        "n" * 97,
    ],
)
def test_what_names_no_repo_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_repo(text)

    assert str(refusal.value).isprintable()
    assert "owner/name" in str(refusal.value)


@given(st.text(alphabet="ab/-._gitAZ09é ", max_size=12))
def test_library_allows_the_same_names(repo_id: str) -> None:
    try:
        validate_repo_id(repo_id)
    except HFValidationError:
        library_allows = False
    else:
        library_allows = True

    assert is_repo_id(repo_id) == library_allows
