"""What the answer asks of a real browser's microphone. Uses the stage of `test_transport.py`."""

import asyncio
from pathlib import Path

import pytest
from test_transport import microphone, stage

__all__ = ["microphone"]
pytestmark = pytest.mark.browser

SENT = """async () => {
  const stats = [...(await connection.getStats()).values()].filter((each) => each.kind === 'audio');
  const of = (type) => stats.find((each) => each.type === type);
  return [of('outbound-rtp').packetsSent, of('media-source').totalSamplesDuration];
}"""


async def test_the_microphone_comes_in_packets_of_10_ms(microphone: Path) -> None:
    async with stage(microphone) as live:
        await asyncio.sleep(1)
        packets, seconds = await live.page.evaluate(SENT)
        await asyncio.sleep(2)
        more, later = await live.page.evaluate(SENT)
    assert (more - packets) / (later - seconds) == pytest.approx(100, rel=0.1)
