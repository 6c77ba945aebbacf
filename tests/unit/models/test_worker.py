"""The worker with small models in real processes."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.errors import ModelUnavailable
from agent.models.worker import NICENESS, Worker

TARGET = "tests.unit.models.echo"


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    worker = Worker("echo", f"{TARGET}:Echo", queue_limit=4)
    await worker.start()
    yield worker
    await worker.aclose()


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_answers_whatever_the_model_prints(worker: Worker) -> None:
    assert await worker.call("say", "hello") == "hello"
    assert len(await worker.call("big", 3_000_000)) == 3_000_000
    health = worker.health()
    assert (health.ready, health.calls, health.waiting, health.restarts) == (True, 2, 0, 0)
    assert health.pid is not None


async def test_the_process_has_one_thread_and_no_server(worker: Worker) -> None:
    assert await worker.call("environment", "OMP_NUM_THREADS") == "1"
    assert await worker.call("environment", "OMP_WAIT_POLICY") == "PASSIVE"
    modules = set(await worker.call("modules"))
    assert not modules & {"livekit", "fastapi", "agent.cli", "agent.settings", "pytest"}


async def test_models_let_the_server_go_first(worker: Worker) -> None:
    own, pid = os.getpriority(os.PRIO_PROCESS, 0), worker.health().pid
    assert pid is not None
    assert os.getpriority(os.PRIO_PROCESS, pid) == max(own, NICENESS)


async def test_requests_are_answered_in_order(worker: Worker) -> None:
    texts = [str(n) for n in range(4)]
    answers = await asyncio.gather(*(worker.call("say", text) for text in texts))
    assert answers == texts
    assert await worker.call("history") == texts


async def test_a_request_that_has_not_begun_can_be_cancelled(worker: Worker) -> None:
    first = asyncio.create_task(worker.call("slow", 0.2, "first"))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(worker.call("say", "second"))
    third = asyncio.create_task(worker.call("say", "third"))
    await asyncio.sleep(0)
    second.cancel()
    answers = list(await asyncio.gather(first, third))
    assert answers == ["first", "third"]
    assert second.cancelled()
    assert await worker.call("history") == ["first", "third"]


async def test_cancelling_a_request_under_way_harms_no_other(worker: Worker) -> None:
    first = asyncio.create_task(worker.call("slow", 0.2, "first"))
    await asyncio.sleep(0.05)
    first.cancel()
    assert await worker.call("say", "second") == "second"
    assert await worker.call("history") == ["first", "second"]


async def test_a_full_queue_refuses(worker: Worker) -> None:
    tasks = [asyncio.create_task(worker.call("slow", 0.1, str(n))) for n in range(5)]
    await asyncio.sleep(0.02)
    with pytest.raises(ModelUnavailable, match="too much to do"):
        await worker.call("say", "one too many")
    answers = await asyncio.gather(*tasks)
    assert answers == ["0", "1", "2", "3", "4"]


async def test_an_error_names_its_type_but_not_what_was_said(worker: Worker) -> None:
    with pytest.raises(ModelUnavailable, match="ValueError") as caught:
        await worker.call("fail")
    assert "secret" not in str(caught.value)
    assert await worker.call("say", "still here") == "still here"


async def test_a_killed_process_is_started_again(worker: Worker) -> None:
    pid = worker.health().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert await worker.call("say", "back") == "back"
    assert worker.health().pid != pid
    assert worker.health().restarts == 1


async def test_a_request_is_tried_again_once(worker: Worker, tmp_path: Path) -> None:
    assert await worker.call("die_once", str(tmp_path / "died")) == "alive"
    with pytest.raises(ModelUnavailable, match="down"):
        await worker.call("die")
    assert await worker.call("say", "next") == "next"


async def test_closing_ends_the_process_and_what_waits(worker: Worker) -> None:
    pid = worker.health().pid
    assert pid is not None
    under_way = asyncio.create_task(worker.call("slow", 30.0, "never"))
    waiting = asyncio.create_task(worker.call("say", "never either"))
    await asyncio.sleep(0.05)
    await worker.aclose()
    with pytest.raises(ModelUnavailable):
        await under_way
    with pytest.raises(ModelUnavailable):
        await waiting
    assert not running(pid)
    with pytest.raises(ModelUnavailable, match="not running"):
        await worker.call("say", "too late")


@pytest.mark.parametrize(("model", "message"), [("Missing", "package x"), ("Broken", "not load")])
async def test_a_model_that_does_not_load_says_why(model: str, message: str) -> None:
    worker = Worker("broken", f"{TARGET}:{model}")
    with pytest.raises(ModelUnavailable, match=message):
        await worker.start()
    assert worker.health().pid is None


async def test_the_process_ends_with_its_parent() -> None:
    script = (
        "import asyncio, os\n"
        "from agent.models.worker import NICENESS, Worker\n"
        "async def main():\n"
        f"    worker = Worker('echo', '{TARGET}:Echo')\n"
        "    await worker.start()\n"
        "    print(worker.health().pid, flush=True)\n"
        "    os._exit(1)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await parent.communicate()
    pid = int(output.split()[-1])
    async with asyncio.timeout(10):
        while running(pid):  # noqa: ASYNC110 - another process's end has no event
            await asyncio.sleep(0.02)
