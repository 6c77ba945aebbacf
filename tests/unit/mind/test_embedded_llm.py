"""The keeper of the model's process, with a process that loads no model."""

import asyncio
import os
import signal
import sys

import pytest

from agent.errors import ModelUnavailable
from agent.models.llm import EmbeddedLlm

LISTENS = (
    "import json, sys; key = json.loads(sys.stdin.readline())['api_key']; "
    "print(json.dumps({'base_url': 'http://x/' + key}), flush=True); sys.stdin.read()"
)


def keeper(script: str, pauses: list[float] | None = None) -> EmbeddedLlm:
    async def sleep(seconds: float) -> None:
        if pauses is not None:
            pauses.append(seconds)
        await asyncio.sleep(0)

    return EmbeddedLlm((sys.executable, "-c", script), sleep=sleep)


async def changed(llm: EmbeddedLlm, process_id: int | None) -> None:
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(0.01)
            try:
                if llm.endpoint and llm.process_id != process_id:
                    return
            except ModelUnavailable:
                continue


async def test_tells_where_the_model_listens() -> None:
    llm = keeper(LISTENS)
    with pytest.raises(ModelUnavailable):
        _ = llm.endpoint
    await llm.start()
    assert llm.endpoint.base_url == f"http://x/{llm.endpoint.api_key}"
    await llm.aclose()
    with pytest.raises(ModelUnavailable):
        _ = llm.endpoint


async def test_starts_again_when_the_process_dies() -> None:
    llm = keeper(LISTENS)
    await llm.start()
    first = llm.process_id
    assert first
    os.kill(first, signal.SIGKILL)
    await changed(llm, first)
    assert llm.process_id != first
    await llm.aclose()


async def test_a_model_that_cannot_load_is_tried_ever_more_patiently() -> None:
    pauses: list[float] = []
    llm = keeper("raise SystemExit(1)", pauses)
    await llm.start()
    async with asyncio.timeout(20):
        while len(pauses) < 4:  # noqa: ASYNC110 (another process decides)
            await asyncio.sleep(0.01)
    with pytest.raises(ModelUnavailable):
        _ = llm.endpoint
    await llm.aclose()
    assert pauses[:4] == [0.2, 0.4, 0.8, 1.6]


async def test_closing_leaves_no_process() -> None:
    llm = keeper(LISTENS)
    await llm.start()
    process = llm.process_id
    assert process
    await llm.aclose()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.models
@pytest.mark.holds_loop("the test makes the HTTP client, which reads the system's certificates")
async def test_the_real_process_answers_and_ends_with_its_input() -> None:
    from agent.mind.llm import ChatModel
    from agent.mind.message import Message

    llm = EmbeddedLlm()
    await llm.start()
    chat = ChatModel(lambda: llm.endpoint, temperature=0.0, timeout_seconds=30)
    said = [piece async for piece in chat.stream_chat("Be kind.", [Message("user", "Hello!")], 12)]
    assert len("".join(said)) > 3
    await chat.aclose()
    await llm.aclose()


@pytest.mark.models
async def test_the_real_process_does_not_outlive_its_parent() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import asyncio\nfrom agent.models.llm import EmbeddedLlm\nasync def main():\n"
        "    llm = EmbeddedLlm()\n    await llm.start()\n    print(llm.process_id, flush=True)\n"
        "    await asyncio.sleep(60)\nasyncio.run(main())",
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout
    child = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(20):
        while not ended(child):  # noqa: ASYNC110 (likewise)
            await asyncio.sleep(0.05)


def ended(process: int) -> bool:
    """Whether a process is gone or only waits to be collected."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
