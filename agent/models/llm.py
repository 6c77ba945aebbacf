"""The embedded small language model, held by a process of its own.

The process speaks the OpenAI protocol on a local port, so the mind treats it like any endpoint.
It is started again when it dies, and ends with this process however that ends.
"""

import asyncio
import contextlib
import json
import logging
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from agent.errors import ModelUnavailable

log = logging.getLogger(__name__)

_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_LOADING_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a language model listens.

    Attributes:
        base_url: Up to and including "/v1".
        api_key: What it asks for; may be empty.
        model: What it calls the model.
    """

    base_url: str
    api_key: str
    model: str


class EmbeddedLlm:
    """Keeps the model's process alive.

    Args:
        command: What to run; the default is the packaged model's server.
        sleep: How to wait between two starts, in seconds.
        now: Monotonic seconds.
    """

    def __init__(
        self,
        command: tuple[str, ...] = (sys.executable, "-m", "agent.models.llm_server"),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = command
        self._sleep = sleep
        self._now = now
        self._endpoint: Endpoint | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where the model listens now.

        Raises:
            ModelUnavailable: It is not running, or still loading.
        """
        if self._endpoint is None:
            raise ModelUnavailable("The small language model is not ready.")
        return self._endpoint

    @property
    def process_id(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Starts the process and waits until the model is loaded, or failed a first time."""
        loaded = asyncio.Event()
        self._keeper = asyncio.create_task(self._keep(loaded), name="embedded-llm")
        await loaded.wait()

    async def aclose(self) -> None:
        """Ends the process; nothing starts it again."""
        if self._keeper:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        await self._stop()

    async def _keep(self, tried: asyncio.Event) -> None:
        """Starts the model, again and ever more patiently whenever its process ends."""
        pause = _FIRST_PAUSE
        while True:
            try:
                process = await self._launch()
            except ModelUnavailable as error:
                log.warning("%s", error.message)
            else:
                tried.set()
                started = self._now()
                code = await process.wait()
                self._endpoint = None
                log.warning("the small language model's process ended with code %s", code)
                if self._now() - started > _LONGEST_PAUSE:
                    pause = _FIRST_PAUSE
            tried.set()
            await self._sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _launch(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self._process = process
        key = secrets.token_hex(16)
        try:
            async with asyncio.timeout(_LOADING_SECONDS):
                base_url = await _introduce(process, key)
        except (TimeoutError, OSError, ValueError, KeyError):
            await self._stop()
            raise ModelUnavailable("The small language model did not load.") from None
        except asyncio.CancelledError:
            await self._stop()
            raise
        self._endpoint = Endpoint(base_url, key, "smollm2-135m-instruct")
        return process

    async def _stop(self) -> None:
        process, self._process, self._endpoint = self._process, None, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _introduce(process: asyncio.subprocess.Process, key: str) -> str:
    """Hands the process its key and returns the address that it answers with."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps({"api_key": key}).encode() + b"\n")
    await process.stdin.drain()
    return str(json.loads(await process.stdout.readline())["base_url"])
