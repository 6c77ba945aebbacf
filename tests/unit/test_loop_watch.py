"""The check of the event loop: what uses the processor on it is found, by name."""

import asyncio
import threading
import time

import pytest
from loop_watch import EventLoopBlocked, long_steps


def spend(cpu_ms: float) -> None:
    """Uses the processor."""
    end = time.thread_time() + cpu_ms / 1000
    while time.thread_time() < end:
        pass


async def thoughtless() -> None:
    await asyncio.sleep(0)
    spend(100)


@pytest.mark.xfail(raises=EventLoopBlocked, strict=True)
async def test_a_step_that_holds_the_loop_fails_its_test() -> None:
    await asyncio.create_task(thoughtless())


@pytest.mark.xfail(raises=EventLoopBlocked, strict=True)
def test_a_loop_in_another_thread_is_watched_as_well() -> None:
    thread = threading.Thread(target=asyncio.run, args=(thoughtless(),))
    thread.start()
    thread.join()


@pytest.mark.holds_loop("the test looks at what is found itself")
def test_tasks_callbacks_and_timers_are_named() -> None:
    def called() -> None:
        spend(100)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(called)
        loop.call_later(0.001, called)
        await asyncio.create_task(thoughtless())
        await asyncio.sleep(0.01)

    with long_steps() as found:
        asyncio.run(main())
    callback = "test_tasks_callbacks_and_timers_are_named.<locals>.called"
    assert sorted(step.name for step in found) == [callback, callback, "thoughtless"]
    assert all(step.cpu_ms >= 100 for step in found)
    assert str(found[0]).endswith(" ms)")


async def test_time_on_the_wall_and_other_threads_do_not_count() -> None:
    time.sleep(0.02)  # noqa: ASYNC251
    await asyncio.to_thread(spend, 100)
