"""How questions, signatures, refusals and addresses are written and read."""

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import SecretStr, ValidationError

from hfdl_core.errors import BlockRefused, CollectorAway
from hfdl_core.handover import FileKey, wire
from hfdl_core.handover.addresses import CollectorAddress, candidate_urls
from hfdl_core.handover.answers import AnswerBroken, read_presence, read_receipt, refused
from hfdl_core.handover.signing import Claims, authorization, is_signed
from hfdl_core.models import ByteRange, JobId, Token
from hfdl_core.redis_target import RedisTarget

JOB = JobId("jobabcdefg12")
SECRET = SecretStr("f00d" * 16)
CLAIMS = Claims("PUT", JOB, 3, "/v1/x", "0-5", "0000abcd", "worker-1/1", "0")
ADDRESS = CollectorAddress(
    urls=("http://10.0.0.1:6381", "http://192.168.1.1:6381/"),
    port=6381,
    host="big",
    machine="m1",
    pid=77,
)


def test_address_travels_as_json() -> None:
    assert CollectorAddress.model_validate_json(ADDRESS.model_dump_json()) == ADDRESS
    with pytest.raises(ValidationError):
        CollectorAddress.model_validate_json('{"urls": []}')


@pytest.mark.parametrize(
    ("redis", "first"),
    [
        (RedisTarget(host="queue.local", port=6380), ["http://queue.local:6381"]),
        (RedisTarget(host="fd00::1"), ["http://[fd00::1]:6381"]),
        (RedisTarget(host="10.0.0.1"), []),
        (RedisTarget(unix_socket=Path("/run/redis.sock")), []),
        (None, []),
    ],
    ids=["name", "IPv6", "the same", "socket", "none"],
)
def test_host_of_redis_is_tried_first(redis: RedisTarget | None, first: list[str]) -> None:
    expected = (*first, "http://10.0.0.1:6381", "http://192.168.1.1:6381")

    assert candidate_urls(ADDRESS, redis) == expected


def test_tls_is_told_by_the_scheme() -> None:
    secured = ADDRESS.model_copy(update={"tls": True, "urls": ()})

    assert candidate_urls(secured, RedisTarget(host="a")) == ("https://a:6381",)


def test_given_address_is_the_only_one() -> None:
    redis = RedisTarget(host="queue.local")

    assert candidate_urls(ADDRESS, redis, "https://nat:1/") == ("https://nat:1",)


def test_signature_holds_no_secret() -> None:
    header = authorization(SECRET, CLAIMS)

    assert header.startswith("HFDL-HMAC-SHA256 ")
    assert SECRET.get_secret_value() not in header
    assert is_signed(SECRET, CLAIMS, header)


@pytest.mark.parametrize(
    "other",
    [
        replace(CLAIMS, method="POST"),
        replace(CLAIMS, job_id=JobId("another")),
        replace(CLAIMS, collector_generation=4),
        replace(CLAIMS, path="/v1/y"),
        replace(CLAIMS, range="0-6"),
        replace(CLAIMS, crc32="0000abce"),
        replace(CLAIMS, token="worker-1/2"),
        replace(CLAIMS, since="1"),
    ],
    ids=[field.name for field in fields(Claims)],
)
def test_signature_covers_every_field(other: Claims) -> None:
    assert not is_signed(SECRET, other, authorization(SECRET, CLAIMS))


def test_signature_of_another_secret_is_wrong() -> None:
    assert not is_signed(SecretStr("other"), CLAIMS, authorization(SECRET, CLAIMS))
    assert not is_signed(SECRET, CLAIMS, "")
    assert not is_signed(SECRET, CLAIMS, authorization(SECRET, CLAIMS) + "\u00e9")


def test_value_cannot_run_into_the_next_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        authorization(SECRET, replace(CLAIMS, token="a\nsince: 5"))


NUMBERS = some.integers(0, 10**17)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_path_is_read_as_it_was_written(generation: int, index: int, file_generation: int) -> None:
    place = wire.Place(JOB, generation, FileKey(JOB, index, file_generation))

    assert wire.Place.parse(place.path) == place


@pytest.mark.parametrize("is_durable", [True, False])
def test_path_of_a_job_is_read_as_it_was_written(is_durable: bool) -> None:
    place = wire.Place(JOB, 3, is_durable=is_durable)

    assert wire.Place.parse(place.path) == place


@given(some.text())
def test_any_path_is_read_or_refused(path: str) -> None:
    place = wire.Place.parse(path)

    assert place is None or place.path == path


@given(NUMBERS, some.integers(1, 1 << 22), NUMBERS, some.integers(0, (1 << 32) - 1))
def test_head_is_read_as_it_was_written(begin: int, length: int, since: int, crc32: int) -> None:
    head = wire.BlockHead(ByteRange(begin, begin + length), Token("w/1"), since, crc32)
    written = head.as_headers()

    assert wire.BlockHead.parse(*written.values()) == head


@given(some.text(), some.text(), some.text(), some.text())
def test_any_head_is_read_or_nonsense(a: str, b: str, c: str, d: str) -> None:
    with pytest.raises(wire.Nonsense):
        wire.BlockHead.parse(a, b, c, d)


@given(some.lists(some.tuples(NUMBERS, NUMBERS, NUMBERS), max_size=50))
def test_positions_are_read_as_they_were_written(entries: list[tuple[int, int, int]]) -> None:
    asked = [(FileKey(JOB, index, generation), at) for index, generation, at in entries]

    bodies = list(wire.durable_bodies(asked))

    assert [one for body in bodies for one in wire.parse_durable(body, JOB)] == asked


@given(some.binary())
def test_any_answer_is_read_or_broken(body: bytes) -> None:
    for read in (read_receipt, read_presence):
        with pytest.raises(AnswerBroken):
            read(body)


@given(some.integers(400, 599), some.binary())
def test_any_refusal_is_an_error(status: int, body: bytes) -> None:
    assert isinstance(refused(status, body, "here"), CollectorAway)


def test_words_of_a_stranger_stay_on_one_line() -> None:
    body = b'{"error": "first\\nsecond\\u001b[31m ' + b"x" * 1000 + b'"}'

    error = refused(422, body, "here")

    assert isinstance(error, BlockRefused)
    assert str(error).startswith("here: first second[31m xxx")
    assert len(str(error)) < 400
