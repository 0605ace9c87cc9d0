"""Lets the pretend Hub of a demo refuse one answer for good, and then be well again."""

import http.client
import json
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from hfdl_core.errors import HubUnavailable

# "Gone" is not tried again: no patience helps until a person says so.
_FAULT: Final = {
    "action": {"kind": "status", "code": HTTPStatus.GONE},
    "role": "cdn",
    "path": "*.safetensors",
    "times": 1,
}
_SECONDS: Final = 5.0


def refuse_one_range(endpoint: str) -> None:
    """The next range that anybody asks of a large file is refused."""
    address = urlsplit(endpoint).netloc
    connection = http.client.HTTPConnection(address, timeout=_SECONDS)
    try:
        connection.request("POST", "/_pretend/faults", json.dumps(_FAULT))
        status = connection.getresponse().status
    except OSError as error:
        raise HubUnavailable(f"the demo's Hub at {address} does not answer: {error}") from error
    finally:
        connection.close()
    if status != HTTPStatus.OK:
        raise HubUnavailable(f"the demo's Hub at {address} cannot be steered ({status})")
