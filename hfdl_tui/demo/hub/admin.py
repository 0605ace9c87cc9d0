"""Steering over HTTP, for a Hub that runs as a process of its own."""

from dataclasses import asdict, dataclass
from http import HTTPStatus

from pydantic import TypeAdapter, ValidationError

from hfdl_tui.demo.hub.bandwidth import Bandwidth
from hfdl_tui.demo.hub.exchange import Refusal, Request, Response
from hfdl_tui.demo.hub.faults import Fault, FaultBook
from hfdl_tui.demo.hub.requestlog import RequestLog

ADMIN_PREFIX = "/_pretend/"


@dataclass(frozen=True, slots=True)
class ClientRate:
    """A cap in bytes per second: of one client, or of all; None frees."""

    rate: float | None
    client: str | None = None


class Admin:
    """Rules, caps and the request log under `/_pretend/`."""

    def __init__(self, faults: FaultBook, bandwidth: Bandwidth, requests: RequestLog) -> None:
        self._faults = faults
        self._bandwidth = bandwidth
        self._requests = requests

    def answer(self, request: Request) -> Response:
        name, _, number = request.path.removeprefix(ADMIN_PREFIX).partition("/")
        try:
            return self._answer(request, name, number)
        except ValidationError as error:
            refusal = Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "the body does not fit")
            return Response.of_text(str(error), refusal.status)

    def _answer(self, request: Request, name: str, number: str) -> Response:
        match request.method, name:
            case "POST", "faults":
                fault = TypeAdapter(Fault).validate_json(request.body)
                return Response.of_json({"id": self._faults.add(fault)})
            case "GET", "faults":
                rules = self._faults.in_force().items()
                return Response.of_json(
                    [
                        {"id": key, "fired": self._faults.fired(key), **asdict(fault)}
                        for key, fault in rules
                    ]
                )
            case "DELETE", "faults":
                self._remove(number)
                return Response.of_json({})
            case "POST", "rates":
                self._limit(TypeAdapter(ClientRate).validate_json(request.body))
                return Response.of_json({})
            case "GET", "requests":
                return Response.of_json([asdict(record) for record in self._requests.select()])
            case _:
                return Response.of_text("nothing to steer here", HTTPStatus.NOT_FOUND)

    def _remove(self, number: str) -> None:
        if number:
            self._faults.remove(int(number))
        else:
            self._faults.clear()

    def _limit(self, asked: ClientRate) -> None:
        if asked.client is None:
            self._bandwidth.limit_clients(asked.rate)
        else:
            self._bandwidth.limit_client(asked.client, asked.rate)
