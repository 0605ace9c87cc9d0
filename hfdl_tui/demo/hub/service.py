"""One request from arrival to last byte: quota, answer, faults, log, sending."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http import HTTPStatus
from typing import TypeAlias

from hfdl_tui.demo.hub.bandwidth import Bandwidth
from hfdl_tui.demo.hub.exchange import Refusal, Request, Response, Role
from hfdl_tui.demo.hub.faults import Action, Delay, Drop, FaultBook, IgnoreRange
from hfdl_tui.demo.hub.listener import Connection
from hfdl_tui.demo.hub.options import HubOptions
from hfdl_tui.demo.hub.quotas import QuotaBook
from hfdl_tui.demo.hub.requestlog import Record, RequestLog
from hfdl_tui.demo.hub.sending import BodySender, Hangup, reset
from hfdl_tui.demo.hub.tampering import Tampering, tamper_with_body, tamper_with_head

Answer: TypeAlias = Callable[[Request], Response]

_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


@dataclass(slots=True)
class Service:
    """What every request passes through, whichever listener it came by."""

    options: HubOptions
    answer: Answer
    faults: FaultBook
    bandwidth: Bandwidth
    requests: RequestLog
    stopping: threading.Event
    _quotas: QuotaBook = field(default_factory=QuotaBook)

    def serve(self, connection: Connection, request: Request) -> None:
        if request.role is Role.ADMIN:
            # Steering is no part of the show: no faults, no quota, no record.
            self._send(connection, request, self.answer(request), Tampering(), Record.of(request))
            return
        record = Record.of(request)
        self.requests.begin(record)
        try:
            response, actions = self._prepare(connection, request, record)
            record.status = response.status
            tampering = tamper_with_body(actions, response.span)
            self._send(connection, request, response, tampering, record)
        finally:
            self.requests.end()

    def _prepare(
        self, connection: Connection, request: Request, record: Record
    ) -> tuple[Response, Sequence[Action]]:
        caller = request.authorization or request.client
        spending = self._quotas.spend(self.options.quotas, caller, request.role)
        if spending.allowed:
            response = self.answer(request)
        else:
            message = "We had to rate limit you, you hit the quota of requests per window."
            response = Refusal(HTTPStatus.TOO_MANY_REQUESTS, message).response()
        actions = self.faults.strike(request, response.span)
        record.faults = tuple(action.kind for action in actions)
        self._suffer(connection, actions)
        if IgnoreRange() in actions:
            response = self.answer(_without_range(request))
        response = tamper_with_head(actions, response)
        response.headers = {**spending.headers, **response.headers}
        return response, actions

    def _suffer(self, connection: Connection, actions: Sequence[Action]) -> None:
        """Go through the faults that come before any answer."""
        for action in actions:
            if isinstance(action, Delay):
                self.stopping.wait(action.seconds)
            elif isinstance(action, Drop):
                reset(connection.connection)
                raise Hangup

    def _send(
        self,
        connection: Connection,
        request: Request,
        response: Response,
        tampering: Tampering,
        record: Record,
    ) -> None:
        head = _head(connection, response)
        if request.method == "HEAD" or response.status in _BODILESS:
            connection.connection.sendall(head)
            return
        throttle = self.bandwidth.throttle(request.client, self.stopping)
        sender = BodySender(connection.connection, throttle, self.stopping, record)
        sender.send(head, response.span, tampering)


def _head(connection: Connection, response: Response) -> bytes:
    status = HTTPStatus(response.status)
    headers = {"Date": connection.date_time_string(), **response.headers}
    if "Transfer-Encoding" not in headers and response.status not in _BODILESS:
        headers["Content-Length"] = str(response.span.length)
    if connection.close_connection:
        headers["Connection"] = "close"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{lines}\r\n".encode("latin-1")


def _without_range(request: Request) -> Request:
    headers = Message()
    for name, value in request.headers.items():
        if name.lower() != "range":
            headers[name] = value
    return Request(
        role=request.role,
        method=request.method,
        path=request.path,
        query=request.query,
        headers=headers,
        body=request.body,
        client=request.client,
        file=request.file,
    )
