"""`visavis bench sessions`: how many faces speak at once on this machine.

The visitors run in one process of their own, on the same cores.
"""

import asyncio
import json
import sys
import time
from typing import Any, cast, get_args

import httpx2
import numpy as np
import psutil

from agent.bench.lab.server import served
from agent.bench.lab.visitor import Visitor, VisitorRefused
from agent.errors import BadRequest
from agent.settings import Settings
from agent.transport.base import Presentation
from render.clock import FRAME_RATE

QUESTIONS = (
    "How does Visavis work?",
    "What does it need to run?",
    "Can I use my own photo?",
    "What happens to what I say?",
)
ARRIVING_SECONDS = 0.1
"""Between two visitors who arrive."""
SETTLING_SECONDS = 3.0


async def run(
    settings: Settings, count: int = 8, seconds: float = 30.0, mode: str = "video"
) -> dict[str, Any]:
    """Has `count` visitors listen for `seconds`; returns the README's object.

    Raises:
        BadRequest: Another mode than video, motion or audio, or no visitor.
    """
    if mode not in get_args(Presentation) or count < 1:
        raise BadRequest("Choose video, motion or audio, and one session at least.")
    async with served(settings, VISAVIS_SERVER__MAX_SESSIONS=str(count)) as server:
        orders = ("agent.bench.sessions", server.url, str(count), str(seconds), mode)
        crowd = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *orders, stdout=asyncio.subprocess.PIPE
        )
        assert crowd.stdout is not None
        await crowd.stdout.readline()  # all are there
        before, begin = (_usage(server.pid), _usage(crowd.pid)), time.monotonic()
        after, memory, elapsed, pause = before, 0.0, 0.0, min(1.0, seconds / 4)
        while crowd.returncode is None and elapsed + pause < seconds:
            await asyncio.sleep(pause)
            after, elapsed = (_usage(server.pid), _usage(crowd.pid)), time.monotonic() - begin
            memory = max(memory, after[0][1])
        report = json.loads(await crowd.stdout.read())
        await crowd.wait()
    return {
        "count": count,
        "mode": mode,
        "seconds": seconds,
        "size": f"{settings.face.width}x{settings.face.height}",
        **report,
        "server_cpu_cores": round((after[0][0] - before[0][0]) / elapsed, 2),
        "visitors_cpu_cores": round((after[1][0] - before[1][0]) / elapsed, 2),
        "rss_mb": round(memory),
    }


def _usage(pid: int) -> tuple[float, float]:
    """Returns processor seconds and resident MB of a process and its children."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    seconds = sum(sum(process.cpu_times()[:2]) for process in processes)
    return seconds, sum(process.memory_info().rss for process in processes) / 2**20


async def crowd(url: str, count: int, seconds: float, mode: Presentation) -> dict[str, Any]:
    """Lets visitors arrive, listen and leave; prints a line when all are there."""
    visitors, refused = [], 0
    async with httpx2.AsyncClient(timeout=60) as http:
        for _ in range(count):
            visitor = Visitor(url, mode, QUESTIONS)
            try:
                await visitor.join(http)
                visitors.append(visitor)
            except VisitorRefused:
                refused += 1
                await visitor.close()
            await asyncio.sleep(ARRIVING_SECONDS)
        await asyncio.sleep(SETTLING_SECONDS)
        print("here", flush=True)
        begin = time.monotonic()
        await asyncio.sleep(seconds)
        end = time.monotonic()
        await asyncio.gather(*(visitor.close() for visitor in visitors))
    return {"refused": refused, **summary(visitors, begin, end, mode)}


def summary(visitors: list[Visitor], begin: float, end: float, mode: str) -> dict[str, Any]:
    """Returns what the visitors saw between two times.

    Returns:
        `fps_min` and `fps_median` over the visitors (frames of sound where there is only that),
        `frames_missing` (share of those due), `av_skew_p95_ms` (arrival of picture or motion
        against the sound of its frame), `stall_max_ms` (longest gap between two frames of one
        visitor), `switched` (visitors whom the busy server shows something else than they asked
        for), `answers`, and bytes a second of sound and of what is shown, per visitor.
    """
    rates, gaps, skews = [], [0.0], []
    for visitor in visitors:
        heard = mode == "audio" or visitor.presentation == "audio"
        arrivals = visitor.sound if heard else visitor.shown
        times = sorted(at for at in arrivals.values() if begin <= at < end)
        rates.append(len(times) / (end - begin))
        gaps += list(np.diff(times))
        skews += [
            at - visitor.sound[pts]
            for pts, at in visitor.shown.items()
            if pts in visitor.sound and begin <= at < end
        ]
    per_second = max(len(visitors), 1) * (end - begin)
    return {
        "fps_min": round(min(rates, default=0.0), 1),
        "fps_median": round(float(np.median(rates)) if rates else 0.0, 1),
        "frames_missing": round(max(0.0, 1 - float(np.mean(rates or [0.0])) / FRAME_RATE), 4),
        "av_skew_p95_ms": round(float(np.percentile(np.abs(skews), 95)) * 1000, 1)
        if skews
        else None,
        "stall_max_ms": round(max(gaps) * 1000),
        "switched": sum(visitor.presentation != mode for visitor in visitors),
        "answers": sum(visitor.answers for visitor in visitors),
        "sound_bytes_per_second": round(
            sum(v.received_bytes["sound"] for v in visitors) / per_second
        ),
        "shown_bytes_per_second": round(
            sum(v.received_bytes["shown"] for v in visitors) / per_second
        ),
    }


if __name__ == "__main__":
    address, number, length, shown = sys.argv[1:]
    found = asyncio.run(crowd(address, int(number), float(length), cast(Presentation, shown)))
    print(json.dumps(found))
