"""What the contract's scripts do not say: tokens, addresses, refusals, backoff, clocks."""

import httpx2
import pytest
from visavis_client import SessionError, list_personas
from visavis_client.api import Lease, Who, events_url, open_lease
from visavis_client.clock import ClockFilter, Offset
from visavis_client.reconnect import Reconnect


def answering(status: int, text: str, **headers: str) -> httpx2.MockTransport:
    return httpx2.MockTransport(lambda request: httpx2.Response(status, text=text, headers=headers))


async def refused(transport: httpx2.AsyncBaseTransport) -> SessionError:
    with pytest.raises(SessionError) as caught:
        await open_lease("http://face.example", Who(), transport)
    return caught.value


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (401, '{"error": {"code": "token_expired"}}', "token_expired"),
        (401, "<html>", "unauthorized"),
        (413, "", "too_large"),
        (418, "{}", "bad_request"),
        (502, "<html>", "network"),
        (201, "<html>", "network"),
    ],
)
async def test_a_refusal_has_a_code_even_from_a_proxy(status: int, text: str, code: str) -> None:
    error = await refused(answering(status, text))
    assert (error.code, error.status) == (code, status)


async def test_when_to_come_back_is_in_the_header_or_the_answer() -> None:
    headers = {"Retry-After": "7"}
    assert (await refused(answering(503, "", **headers))).retry_after == 7
    told = '{"error": {"code": "server_full", "retry_after": 3}}'
    assert (await refused(answering(503, told, **headers))).retry_after == 3


async def test_a_server_that_is_not_there_is_a_network_error() -> None:
    def gone(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    assert (await refused(httpx2.MockTransport(gone))).code == "network"


async def test_a_token_is_fetched_for_every_session() -> None:
    shown = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        shown.append(request.headers["authorization"])
        return httpx2.Response(201, json={"id": "s", "token": "t"})

    async def fetch() -> str:
        return f"token {len(shown)}"

    for _ in range(2):
        await open_lease("http://x", Who(token=fetch), httpx2.MockTransport(serve))
    assert shown == ["Bearer token 0", "Bearer token 1"]


async def test_personas_are_listed() -> None:
    body = '{"personas": [{"id": "vera", "name": "Vera", "description": "A guide.", "new": 1}]}'
    [vera] = await list_personas("http://x/", transport=answering(200, body))
    assert (vera.id, vera.name, vera.avatar) == ("vera", "Vera", None)


def test_the_events_address_is_as_safe_as_the_servers() -> None:
    url = events_url("https://face.example/base", Lease("a/b", "c&d"))
    assert url == "wss://face.example/base/v1/sessions/a%2Fb/events?token=c%26d"
    assert events_url("http://x:1", Lease("a", "t")).startswith("ws://x:1/")


def test_attempts_come_ever_later_and_end() -> None:
    reconnect = Reconnect(limit=6, chance=lambda: 0.5)
    delays = [reconnect.delay_after("network") for _ in range(7)]
    assert delays == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, None]
    reconnect.succeeded()
    assert reconnect.delay_after("server_full", 10) == 10
    assert reconnect.delay_after("replaced") is None


def test_the_quickest_ping_is_believed_until_it_is_old() -> None:
    clock = ClockFilter(size=2)
    assert clock.best is None
    clock.add(0, 100, 1_050)
    clock.add(200, 210, 1_209)
    assert clock.best == Offset(1_004.0, 5.0)
    clock.add(300, 290, 0)
    clock.add(300, 340, 1_325)
    clock.add(400, 440, 1_426)
    assert clock.best == Offset(1_005.0, 20.0)
