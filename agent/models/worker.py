"""One process that holds one model and serves all sessions.

Requests are answered first in, first out; one that has not begun can be cancelled. A process that
dies is started again, and the request it was working on is tried once more.
"""

import asyncio
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process, SubprocessStreamProtocol
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from agent.errors import ModelUnavailable
from agent.models.protocol import HEADER, Call, Failure, Message, Result, decode, encode

log = logging.getLogger(__name__)

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "KMP_BLOCKTIME": "0",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""Spinning threads collapse when another process takes their core."""

BUFFER_BYTES = 2**24
START_SECONDS = 90.0
"""How long a model may take to load."""
ANSWER_SECONDS = 20.0
"""How long one call may take, by default, before its process is taken for hung and killed."""
NICENESS = 7
"""Models work while a face is shown in real time: the loop that sends it goes first. Without this,
the rest of an answer's voice delayed its first frames by tens of milliseconds."""
RESTART_PAUSES = (0.0, 0.5, 2.0, 5.0)
"""Seconds between a death and the next start, for the first, second, … death in a row."""


@dataclass(frozen=True, slots=True)
class WorkerHealth:
    """How a worker is doing.

    Attributes:
        name: What it is called.
        pid: Its process, or None while there is none.
        ready: Whether the model is loaded.
        waiting: Requests that have not begun.
        calls: Requests answered since the server started.
        restarts: How often the process had to be started again.
        load_seconds: How long the last load took.
        busy_seconds: Time spent on answers since the server started.
    """

    name: str
    pid: int | None
    ready: bool
    waiting: int
    calls: int
    restarts: int
    load_seconds: float
    busy_seconds: float


def give_way(task: int, niceness: int = NICENESS) -> None:
    """Lowers the priority of a process or, on Linux, of a thread; never raises it.

    Args:
        task: Its number.
        niceness: From 0, like others, to 19.
    """
    own = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, task, max(own, niceness))


class _Died(Exception):
    """The process went away before it answered."""


class Worker:
    """A model in a process of its own.

    `target` is "package.module:Class": a class, made with `arguments`, whose public methods are
    the calls. Its module must be light to import and must not import the server.
    """

    def __init__(
        self,
        name: str,
        target: str,
        arguments: tuple[str, ...] = (),
        *,
        queue_limit: int = 32,
        answer_seconds: float = ANSWER_SECONDS,
        niceness: int = NICENESS,
    ) -> None:
        self.name = name
        self._target = target
        self._arguments = arguments
        self._queue_limit = queue_limit
        self._answer_seconds = answer_seconds
        self._niceness = niceness
        self._turn = asyncio.Lock()
        self._ready = asyncio.Event()
        self._process: Process | None = None
        self._transport: asyncio.SubprocessTransport | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._exchanges: set[asyncio.Task[Any]] = set()
        self._started: asyncio.Future[None] | None = None
        self._waiting = self._calls = self._restarts = 0
        self._load_seconds = self._busy_seconds = 0.0

    async def start(self) -> None:
        """Starts the process and returns when the model is loaded.

        Raises:
            ModelUnavailable: It cannot be loaded.
        """
        if self._supervisor is None:
            self._started = asyncio.get_running_loop().create_future()
            self._supervisor = asyncio.create_task(self._supervise(), name=f"worker {self.name}")
        assert self._started is not None
        try:
            await asyncio.shield(self._started)
        except ModelUnavailable:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Ends the process; requests under way and waiting fail with `ModelUnavailable`."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is None:
            return
        supervisor.cancel()
        with suppress(asyncio.CancelledError):
            await supervisor
        self._ready.set()  # wakes requests that wait for a process which will not come
        await asyncio.gather(*self._exchanges, return_exceptions=True)
        self._ready.clear()

    def health(self) -> WorkerHealth:
        """Returns how the worker is doing, for `/metrics` and `doctor`."""
        return WorkerHealth(
            name=self.name,
            pid=self._process.pid if self._process else None,
            ready=self._ready.is_set(),
            waiting=self._waiting,
            calls=self._calls,
            restarts=self._restarts,
            load_seconds=self._load_seconds,
            busy_seconds=self._busy_seconds,
        )

    async def call(self, method: str, *arguments: Any) -> Any:
        """Returns what the model's `method(*arguments)` returns.

        Cancelling takes a request that has not begun out of the queue; one that has begun
        is finished by the process and forgotten.

        Raises:
            ModelUnavailable: The queue is full, the process does not come back, or the
                model raised.
        """
        if self._waiting >= self._queue_limit:
            raise ModelUnavailable(f"The model {self.name} has too much to do.")
        if self._supervisor is None:
            raise ModelUnavailable(f"The model {self.name} is not running.")
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        exchange = asyncio.create_task(self._answer(Call(method, arguments)))
        self._exchanges.add(exchange)
        exchange.add_done_callback(self._exchange_done)
        return await asyncio.shield(exchange)

    def _exchange_done(self, exchange: asyncio.Task[Any]) -> None:
        self._exchanges.discard(exchange)
        self._turn.release()

    async def _answer(self, call: Call) -> Any:
        for _attempt in range(2):
            if self._supervisor is None:
                break
            try:
                async with asyncio.timeout(self._answer_seconds):
                    await self._ready.wait()
                    begun = time.perf_counter()
                    answer = await self._exchange(call)
            except _Died:
                continue
            except TimeoutError:
                break
            self._calls += 1
            self._busy_seconds += time.perf_counter() - begun
            if isinstance(answer, Failure):
                raise ModelUnavailable(
                    answer.reason or f"The model {self.name} raised {answer.error}."
                )
            assert isinstance(answer, Result)
            return answer.value
        raise ModelUnavailable(f"The process of the model {self.name} is down.")

    async def _exchange(self, call: Call) -> Message:
        process = self._process
        if process is None or process.stdin is None:
            raise _Died
        try:
            process.stdin.write(encode(call))
            await process.stdin.drain()
            return await self._receive(process)
        except ConnectionError:
            self._ready.clear()
            raise _Died from None
        except asyncio.CancelledError:
            self._kill()  # its answer would be taken for the next call's
            raise

    async def _receive(self, process: Process) -> Message:
        assert process.stdout is not None
        try:
            header = await process.stdout.readexactly(HEADER.size)
            return decode(await process.stdout.readexactly(*HEADER.unpack(header)))
        except (asyncio.IncompleteReadError, ConnectionError):
            self._ready.clear()
            raise _Died from None

    async def _supervise(self) -> None:
        """Keeps a process alive until cancelled."""
        assert self._started is not None
        deaths = 0
        try:
            while True:
                begun = time.monotonic()
                try:
                    await self._load()
                except ModelUnavailable as error:
                    if not self._started.done():
                        self._started.set_exception(error)
                        return
                    log.error("model %s could not be loaded again", self.name)
                else:
                    if not self._started.done():
                        self._started.set_result(None)
                    assert self._process is not None
                    await self._process.wait()
                self._ready.clear()
                deaths = 1 if time.monotonic() - begun > 60 else deaths + 1
                self._restarts += 1
                log.warning("model %s died (%d in a row); starting it again", self.name, deaths)
                await asyncio.sleep(RESTART_PAUSES[min(deaths, len(RESTART_PAUSES)) - 1])
        finally:
            self._ready.clear()
            await self._stop()

    async def _load(self) -> None:
        begun = time.perf_counter()
        await self._stop()
        creation = asyncio.ensure_future(self._spawn())
        try:
            self._process = await asyncio.shield(creation)
        except asyncio.CancelledError:
            self._process = await creation  # else nobody would end it
            raise
        try:
            async with asyncio.timeout(START_SECONDS):
                answer = await self._receive(self._process)
        except (_Died, TimeoutError):
            raise ModelUnavailable(f"The model {self.name} does not load.") from None
        if isinstance(answer, Failure):
            raise ModelUnavailable(answer.reason or f"Loading {self.name} raised {answer.error}.")
        self._load_seconds = time.perf_counter() - begun
        self._ready.set()
        log.info("model %s loaded in %.1f s", self.name, self._load_seconds)

    async def _spawn(self) -> Process:
        loop = asyncio.get_running_loop()
        self._transport, protocol = await loop.subprocess_exec(
            lambda: SubprocessStreamProtocol(limit=BUFFER_BYTES, loop=loop),
            sys.executable,
            "-m",
            "agent.models.child",
            self._target,
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=None,
            env=os.environ | ONE_THREAD,
        )
        process = Process(self._transport, protocol, loop)
        with suppress(ProcessLookupError):
            give_way(process.pid, self._niceness)
        return process

    def _kill(self) -> None:
        self._ready.clear()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _stop(self) -> None:
        """Ends the process if there is one."""
        process, self._process = self._process, None
        if process is None or self._transport is None:
            return
        self._transport.close()  # closes the pipes and kills the process
        await process.wait()
        await asyncio.sleep(0)  # lets the loop finish with the pipes
