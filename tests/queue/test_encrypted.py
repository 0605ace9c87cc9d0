"""Over TLS the server must prove who it is, and a wrong proof is said plainly."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hfdl_core.errors import QueueRefused
from hfdl_core.queue import RedisClient
from hfdl_core.redis_target import RedisTarget
from tests.queue.bench import Bench
from tests.redis_servers import redis_server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, signed by itself; its key lies beside it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        missing = "openssl is not installed: `apt-get install openssl` runs this test"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    path = tmp_path / "cert.pem"
    subject = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(path.with_suffix(".key")), "-out", str(path))
    kind = ("-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    subprocess.run([openssl, "req", *kind, *files, *subject], check=True, capture_output=True)
    return path


@pytest.fixture
def encrypted(tmp_path: Path, certificate: Path) -> Iterator[RedisTarget]:
    """A queue on the plain port, and the address of the same server over TLS."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = (
        *("--tls-port", str(port)),
        *("--tls-cert-file", str(certificate)),
        *("--tls-key-file", str(certificate.with_suffix(".key"))),
        *("--tls-ca-cert-file", str(certificate)),
        *("--tls-auth-clients", "no"),
    )
    with redis_server(tmp_path / "redis", *options) as running:
        with RedisClient(running.target) as queue:
            Bench(running, queue).plant([3])
        yield RedisTarget(host="127.0.0.1", port=port, tls=True)


def test_a_server_that_proves_itself_is_served(encrypted: RedisTarget, certificate: Path) -> None:
    with RedisClient(replace(encrypted, ca_file=certificate)) as queue:
        assert queue.find_job("job") == "job-1"


def test_a_server_that_cannot_prove_itself_is_refused(encrypted: RedisTarget) -> None:
    with RedisClient(encrypted) as queue, pytest.raises(QueueRefused) as refused:
        queue.ping()

    assert "cannot be trusted over TLS" in str(refused.value)
    assert "--redis-ca-file" in str(refused.value)


def test_a_database_of_its_own_number_is_kept_apart(
    encrypted: RedisTarget, certificate: Path
) -> None:
    with RedisClient(replace(encrypted, ca_file=certificate, database=3)) as queue:
        assert queue.job_ids() == []
