"""Who we say we are to a server: the token to the Hub, nothing to anybody else."""

from pydantic import SecretStr
from requests import PreparedRequest
from requests.auth import AuthBase
from typing_extensions import override


class BearerAuth(AuthBase):
    """Carries the token, or nothing without one.

    It is given with every request, foreign hosts included: where no auth object is given, requests
    reads ~/.netrc and puts what it finds there in place of ours.
    """

    def __init__(self, token: SecretStr | None) -> None:
        self._token = token

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        if self._token is not None:
            r.headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return r


NOBODY = BearerAuth(None)
