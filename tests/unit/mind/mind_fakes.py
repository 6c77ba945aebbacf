"""A language model endpoint and an embedder for tests. No model is loaded."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np

from agent.mind.retrieval.embedding import Vectors
from agent.mind.retrieval.words import content_words


class WordEmbedder:
    """Texts are alike as far as they share content words; counts what it embeds."""

    key = "words"

    def __init__(self) -> None:
        self.embedded = 0

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return np.stack([self._vector(text) for text in texts])

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self.queries(texts)

    @staticmethod
    def _vector(text: str) -> Vectors:
        vector = np.zeros(512, np.float32)
        for word in content_words(text) or text.lower().split() or ["-"]:
            vector[sum(ord(char) * (at + 1) for at, char in enumerate(word)) % 512] = 1.0
        return vector / np.float32(np.linalg.norm(vector))


class FakeLlm:
    """Speaks the OpenAI protocol: streams `pieces`, then waits if told to.

    While `script` holds deltas, each request takes the first list of them instead.
    """

    def __init__(self) -> None:
        self.pieces = ["Hel", "lo."]
        self.script: list[list[dict[str, object]]] = []
        self.status = 200
        self.headers = ""
        self.stall = False
        self.requests: list[dict[str, object]] = []
        self.closed = asyncio.Event()
        self.base_url = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith("content-length:"))
        self.requests.append(json.loads(await reader.readexactly(length)))
        kind = "text/event-stream" if self.status == 200 else "application/json"
        header = (
            f"HTTP/1.1 {self.status} X\r\ncontent-type: {kind}\r\n{self.headers}"
            "connection: close\r\n\r\n"
        )
        writer.write(header.encode())
        if self.status == 200:
            deltas: list[dict[str, object]] = [{"content": piece} for piece in self.pieces]
            for delta in self.script.pop(0) if self.script else deltas:
                choice = {"index": 0, "delta": delta}
                chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
                writer.write(f"data: {json.dumps(chunk | {'choices': [choice]})}\n\n".encode())
            await writer.drain()
            if self.stall:
                await reader.read()  # returns when the client hangs up
            else:
                writer.write(b"data: [DONE]\n\n")
        else:
            writer.write(b'{"error": {"message": "no"}}')
        writer.close()
        self.closed.set()


def calling(
    name: str, *fragments: str, index: int = 0, call: str = "c1"
) -> list[dict[str, object]]:
    """Returns the deltas of a tool call, its arguments in fragments as real endpoints send them."""
    function = {"name": name, "arguments": ""}
    first = {"index": index, "id": call, "type": "function", "function": function}
    rest = [{"index": index, "function": {"arguments": each}} for each in fragments]
    return [{"tool_calls": [each]} for each in [first, *rest]]


@asynccontextmanager
async def fake_llm() -> AsyncIterator[FakeLlm]:
    fake = FakeLlm()
    server = await asyncio.start_server(fake._serve, "127.0.0.1", 0)
    fake.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield fake
    finally:
        server.close()
