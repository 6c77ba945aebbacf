"""Closing while still connecting, which aiortc 1.16 and aioice 0.13 do not expect.

May import aiortc.
"""

from aiortc import RTCIceParameters, RTCIceTransport


def close_even_while_connecting(transport: RTCIceTransport) -> None:
    """Makes a transport that is closed at any moment stay closed.

    Without this, aioice begins consent checks that never end if it is closed while connecting,
    and aiortc leaves an exception behind that nobody retrieves.
    """
    path = transport._connection
    connect, start = path.connect, transport.start

    async def connect_unless_closed() -> None:
        await connect()
        if path._closing:
            await path.close()
            raise ConnectionError("closed while connecting")

    async def start_unless_closed(parameters: RTCIceParameters) -> None:
        if transport.state != "closed":
            await start(parameters)

    vars(path)["connect"] = connect_unless_closed
    vars(transport)["start"] = start_unless_closed
