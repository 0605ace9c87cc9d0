"""Looks at the Hub: whether it answers this machine, and whether it takes the token."""

import json
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import humanize
from pydantic import SecretStr

from hfdl_core.doctor.findings import Finding, broken, doubtful, fine, milliseconds
from hfdl_core.doctor.rounds import Check
from hfdl_core.doctor.way_out import ANSWER_SECONDS, ASK_LITTLE, proxies_of
from hfdl_core.errors import ExitCode, HubUnavailable
from hfdl_core.hub import RetryPatience
from hfdl_core.hub.connection import Answer, HubConnection, json_of
from hfdl_core.hub.endpoint import Endpoint
from hfdl_core.settings import Settings
from hfdl_core.transfer.rate_limit import rate_limit

# Asked once and no more, since the first wait would outlast all patience: a doctor says how it is,
# not how it would be in two minutes. The rest of an answer has its time.
NO_PATIENCE: Final = RetryPatience(
    seconds=ANSWER_SECONDS,
    first_contact_seconds=0,
    asked_waits=0,
    first_delay_seconds=60,
    longest_delay_seconds=60,
)

_WHOAMI: Final = "/api/whoami-v2"
_SLOW_SECONDS: Final = 3.0
_CLOCK_TOLERANCE_SECONDS: Final = 60.0
_LONGEST_NAME: Final = 60


class HubExamination:
    """One public question to all; one more, and only with a token, about who we are."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._endpoint = Endpoint(settings.hf_endpoint)

    def checks(self) -> tuple[Check, ...]:
        return (
            Check("hub", self._reach, ExitCode.UNREACHABLE),
            Check("token", self._token, ExitCode.UNREACHABLE),
        )

    def _reach(self) -> Iterator[Finding]:
        if self._settings.hf_hub_offline:
            said = self._settings.said("hf_hub_offline")
            detail = f"not asked: {said} is set, and hfdl neither lists nor downloads"
            yield doubtful("hub", detail, "unset it")
            return
        begun = time.monotonic()
        answer = self._ask(ASK_LITTLE, None)
        took = time.monotonic() - begun
        if answer.status >= HTTPStatus.BAD_REQUEST:
            yield self._odd(answer)
            return
        json_of(answer, self._endpoint.host)
        yield self._answered(answer, took)
        yield from _clock(answer)

    def _answered(self, answer: Answer, took: float) -> Finding:
        proxies = proxies_of(self._settings)
        way = f"through {proxies[0].name}" if proxies else "directly"
        detail = f"{self._endpoint.url} answers {way} in {milliseconds(took)}"
        quota = rate_limit(answer.headers)
        if quota is not None:
            of_all = "" if quota.quota is None else f" of {humanize.intcomma(quota.quota)}"
            detail += f"; {humanize.intcomma(quota.remaining)}{of_all} requests are left"
            if quota.remaining == 0:
                return doubtful("hub", detail, f"a new window begins in {quota.reset_seconds} s")
        if took > _SLOW_SECONDS:
            return doubtful("hub", detail, "slow: check the network and the proxy")
        return fine("hub", detail)

    def _odd(self, answer: Answer) -> Finding:
        said = f" ({answer.message})" if answer.message else ""
        if answer.status == HTTPStatus.UNAUTHORIZED:
            # A hub of a company, say, that lets nobody in without a token.
            return fine("hub", f"{self._endpoint.url} answers, and wants to know who asks{said}")
        return broken(
            "hub",
            f"{self._endpoint.url} answers {answer.status}{said}",
            "check HF_ENDPOINT and the proxy",
            ExitCode.UNREACHABLE,
        )

    def _token(self) -> Iterator[Finding]:
        token = self._settings.hf_token
        if token is None:
            advice = "set HF_TOKEN for gated and private repos and for a larger quota"
            yield fine("token", "none: public repos need none", advice)
            return
        named_by = self._settings.said("hf_token")
        if self._settings.hf_hub_offline:
            yield fine("token", f"from {named_by}, not shown to the Hub")
            return
        try:
            answer = self._ask(_WHOAMI, token)
        except HubUnavailable as error:
            yield doubtful("token", f"from {named_by}, not checked: {error}")
            return
        yield _judged(answer, str(named_by), self._endpoint.url)

    def _ask(self, path: str, token: SecretStr | None) -> Answer:
        proxy = self._settings.proxy[0] if self._settings.proxy else None
        connection = HubConnection(
            self._endpoint,
            token,
            ca_file=self._settings.ca_file,
            proxy=proxy,
            user_agent=self._settings.user_agent,
            timeout_seconds=ANSWER_SECONDS,
            patience=NO_PATIENCE,
        )
        try:
            return connection.get(path)
        finally:
            connection.close()


def _judged(answer: Answer, named_by: str, url: str) -> Finding:
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return broken(
            "token",
            f"the Hub does not know the one from {named_by}",
            f"make one at {url}/settings/tokens, or unset it for public repos",
            ExitCode.UNREACHABLE,
        )
    name = _name_in(answer)
    if name is None:
        return doubtful("token", f"from {named_by}, not checked: {url} does not tell whose it is")
    return fine("token", f"from {named_by}, the Hub knows it as {name}'s")


def _name_in(answer: Answer) -> str | None:
    try:
        value = json.loads(answer.body)
    except ValueError:
        return None
    name = value.get("name") if isinstance(value, dict) else None
    return name[:_LONGEST_NAME] if isinstance(name, str) and name else None


def _clock(answer: Answer) -> Iterator[Finding]:
    """Said only when it is wrong: the other clock check compares with Redis, which may be here."""
    try:
        theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return
    ahead = time.time() - theirs
    if abs(ahead) > _CLOCK_TOLERANCE_SECONDS:
        side = "ahead of" if ahead > 0 else "behind"
        yield doubtful(
            "hub clock",
            f"this machine is {humanize.intcomma(round(abs(ahead)))} s {side} the Hub: "
            "certificates and signed addresses may be refused",
            "set the clock, say with `timedatectl set-ntp true`",
        )
