"""Who lets requests through to the Hub, and hears what the answers tell of its quota."""

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from typing_extensions import override

from hfdl_core.transfer.cancel import Cancel
from hfdl_core.transfer.rate_limit import RateLimit


class HubVisit(Protocol):
    """One file's way through the Hub: a request, perhaps a redirect on the same host, and so on."""

    def before_request(self) -> None:
        """Wait for leave to send the next request; TransferCancelled when it is not to be sent."""
        ...

    def answered(self, limit: RateLimit | None) -> None:
        """Tell what the answer said of the quota; None when it said nothing."""
        ...


class HubGate(Protocol):
    """Safe to use from several threads at once; the CDN is outside the quota and not asked for."""

    def visit(self, cancel: Cancel) -> AbstractContextManager[HubVisit]: ...

    def unseen(self, requests: int, cancel: Cancel) -> AbstractContextManager[None]:
        """Wait for leave to have somebody else send so many, whose answers we do not see."""
        ...


class OpenGate(HubGate):
    """Lets everything through."""

    @override
    def visit(self, cancel: Cancel) -> AbstractContextManager[HubVisit]:
        return nullcontext(_OpenVisit())

    @override
    def unseen(self, requests: int, cancel: Cancel) -> AbstractContextManager[None]:
        return nullcontext()


class _OpenVisit(HubVisit):
    @override
    def before_request(self) -> None:
        """Nobody is to be asked."""

    @override
    def answered(self, limit: RateLimit | None) -> None:
        """Nobody wants to know."""
