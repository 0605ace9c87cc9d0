"""Who asks: with a token, or explicitly nobody."""

import re
from typing import Final

from pydantic import SecretStr
from requests import PreparedRequest
from requests.auth import AuthBase
from typing_extensions import override

from hfdl_core.errors import SettingsError

_TOKEN: Final = re.compile(r"[!-~]+")


class BearerAuth(AuthBase):
    """Sends the token; shows it to nobody else."""

    def __init__(self, token: SecretStr) -> None:
        plain = token.get_secret_value().strip()
        if not _TOKEN.fullmatch(plain):
            raise SettingsError("HF_TOKEN is empty or holds spaces or letters that no token has")
        self._token = SecretStr(plain)

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return r

    def hide_in(self, text: str) -> str:
        return text.replace(self._token.get_secret_value(), "***")


class NoAuth(AuthBase):
    """Sends nothing. Without an auth object requests would look into ~/.netrc."""

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        return r

    def hide_in(self, text: str) -> str:
        return text
