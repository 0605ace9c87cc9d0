"""Asks the Hub patiently: follows redirects, waits when it is busy, keeps the token at home."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

from pydantic import SecretStr
from requests import Response, Session

from hfdl_core.errors import HubBusy, HubUnavailable
from hfdl_core.hub.bearer import BearerAuth, NoAuth
from hfdl_core.hub.endpoint import Endpoint, origin_of
from hfdl_core.hub.line_faults import LineFault, line_faults
from hfdl_core.hub.patience import RetryPatience, Waiting, asked_wait_seconds

_QUOTA_USED_UP: Final = 429
_BUSY: Final = frozenset({408, _QUOTA_USED_UP, 500, 502, 503, 504})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 20
# A repo's description lists up to 100,000 file names, some 10 MB; a page of files is far less.
_LONGEST_ANSWER_BYTES: Final = 64 << 20
_BLOCK_BYTES: Final = 64 << 10
_LONGEST_MESSAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Hub said, whatever the status; `message` is its own word, fit for one line."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    message: str
    left_home: bool  # the last redirect leads to another host

    @property
    def error_code(self) -> str:
        return self.headers.get("X-Error-Code", "")


class HubConnection:
    """One session to one Hub; for one thread at a time."""

    def __init__(
        self,
        endpoint: Endpoint,
        token: SecretStr | None,
        *,
        ca_file: Path | None,
        proxy: SecretStr | None,
        user_agent: str,
        timeout_seconds: float,
        patience: RetryPatience,
    ) -> None:
        self.endpoint = endpoint
        self.has_token = token is not None
        self._auth = NoAuth() if token is None else BearerAuth(token)
        # Given with each request: the session's own value would yield to REQUESTS_CA_BUNDLE.
        self._verify = None if ca_file is None else str(ca_file)
        self._timeout_seconds = timeout_seconds
        self._patience = patience
        self._had_contact = False
        self._session = Session()
        # The Hub gzips small text files, Range and length then mean something else.
        self._session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "identity"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if proxy is not None:
            # Proxies of the environment would be preferred to the session's own.
            self._session.trust_env = False
            address = proxy.get_secret_value()
            self._session.proxies = {"http": address, "https": address}

    def close(self) -> None:
        self._session.close()

    def get(self, path: str) -> Answer:
        """The answer at an API path such as `/api/models/gpt2`; HubUnavailable without one."""
        return self.get_url(self.endpoint.url + path)

    def get_url(self, url: str) -> Answer:
        """The same for a whole address on this endpoint."""
        return self._patiently(lambda: self._follow(url, {}, abroad=True))

    def first_byte(self, path: str) -> Answer:
        """Ask for the first byte of a file, without its body and without leaving the Hub."""
        headers = {"Range": "bytes=0-0"}
        return self._patiently(
            lambda: self._follow(self.endpoint.url + path, headers, abroad=False)
        )

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        waiting = Waiting(self._patience, had_contact=self._had_contact)
        while True:
            try:
                answer = ask()
            except LineFault as fault:
                if fault.will_pass and waiting.after_fault(fault.reason):
                    continue
                raise HubUnavailable(fault.reason) from fault
            self._had_contact = True
            if answer.status not in _BUSY:
                return answer
            reason = f"{self.endpoint.host} is busy ({answer.status})"
            asked = asked_wait_seconds(answer.headers)
            if not waiting.after_busy(reason, asked):
                kind = HubBusy if answer.status == _QUOTA_USED_UP else HubUnavailable
                raise kind(_busy(reason, asked, has_token=self.has_token))

    def _follow(self, url: str, headers: Mapping[str, str], *, abroad: bool) -> Answer:
        """Redirects keep the method (all are GET), and lose the token for good once abroad."""
        auth: BearerAuth | NoAuth = self._auth
        for _ in range(_MOST_REDIRECTS):
            answer, target = self._ask(url, headers, auth)
            if target is None or (answer.left_home and not abroad):
                return answer
            if answer.left_home:
                auth = NoAuth()
            url = target
        raise LineFault(f"{self.endpoint.host} redirects in circles", will_pass=False)

    def _ask(
        self, url: str, headers: Mapping[str, str], auth: BearerAuth | NoAuth
    ) -> tuple[Answer, str | None]:
        with (
            line_faults(self.endpoint.host),
            self._session.get(
                url,
                headers=headers,
                auth=auth,
                stream=True,
                allow_redirects=False,
                timeout=self._timeout_seconds,
                verify=self._verify,
            ) as response,
        ):
            target = self._target(response)
            is_wanted = target is None and "Range" not in headers
            answer = Answer(
                url=url,
                status=response.status_code,
                headers=response.headers,
                body=self._read(response) if is_wanted else b"",
                message=self._message(response),
                left_home=target is not None and not self.endpoint.is_ours(target),
            )
            return answer, target

    def _read(self, response: Response) -> bytes:
        """All of a body that comes at a bearable size and speed."""
        ends_at = self._patience.clock() + self._patience.seconds
        body = bytearray()
        for block in response.iter_content(_BLOCK_BYTES):
            body += block
            if len(body) > _LONGEST_ANSWER_BYTES:
                raise LineFault(f"{self.endpoint.host} answers without end", will_pass=False)
            if self._patience.clock() > ends_at:
                raise LineFault(f"{self.endpoint.host} answers too slowly", will_pass=True)
        return bytes(body)

    def _target(self, response: Response) -> str | None:
        location = response.headers.get("Location")
        if response.status_code not in _REDIRECTS or not location:
            return None
        # Servers send UTF-8 where headers are read as Latin-1.
        target = urljoin(response.url, location.encode("latin-1").decode("utf-8", "replace"))
        origin = origin_of(target)
        if origin is None or (response.url.startswith("https:") and origin[0] != "https"):
            reason = f"{self.endpoint.host} redirects to an address that cannot be trusted"
            raise LineFault(reason, will_pass=False)
        return target

    def _message(self, response: Response) -> str:
        said = self._auth.hide_in(response.headers.get("X-Error-Message", ""))
        return "".join(letter for letter in said if letter.isprintable())[:_LONGEST_MESSAGE]


def _busy(reason: str, asked_seconds: float | None, *, has_token: bool) -> str:
    wait = "later" if asked_seconds is None else f"in {asked_seconds:.0f} s"
    more = "" if has_token else ", or set HF_TOKEN for a larger quota"
    return f"{reason}: try again {wait}{more}"


def json_of(answer: Answer, host: str) -> object:
    """The answer's value; HubUnavailable when it is none, as behind a login page."""
    try:
        value: object = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise HubUnavailable(
            f"{host} does not answer as a hub does: check HF_ENDPOINT, and if a proxy wants a login"
        ) from error
    return value
