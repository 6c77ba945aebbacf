"""Order, gaps and sound of the microphone."""

import av
import numpy as np
import pytest
from listener import pitch, unit

from agent.transport.webrtc.encoders import OpusEncoder
from agent.transport.webrtc.microphone import MicrophoneDecoder, Reorder


def pushed(*sequences: int) -> list[list[str | None]]:
    reorder = Reorder(depth=2)
    steps = [reorder.push_packet(each, str(each).encode()) for each in sequences]
    return [[None if each is None else each.decode() for each in step] for step in steps]


def test_packets_in_order_pass_at_once() -> None:
    assert pushed(5, 6, 7) == [["5"], ["6"], ["7"]]


def test_numbers_wrap() -> None:
    assert pushed(65_535, 0, 1) == [["65535"], ["0"], ["1"]]


def test_swapped_packets_are_put_right() -> None:
    assert pushed(1, 3, 2, 4) == [["1"], [], ["2", "3"], ["4"]]


def test_a_lost_packet_is_given_up_when_more_than_two_wait() -> None:
    assert pushed(1, 3, 4, 5, 6) == [["1"], [], [], [None, "3", "4", "5"], ["6"]]


def test_a_packet_whose_place_is_taken_is_dropped() -> None:
    assert pushed(1, 3, 4, 5, 2, 6)[-2:] == [[], ["6"]]


def test_duplicates_are_dropped() -> None:
    assert pushed(1, 1, 2) == [["1"], [], ["2"]]


def test_a_jump_is_a_new_beginning() -> None:
    assert pushed(1, 2, 9_000, 9_001) == [["1"], ["2"], ["9000"], ["9001"]]


def packets(count: int) -> list[bytes]:
    encoder = OpusEncoder(32_000)
    return [
        packet for pts in range(count) for packet in encoder.encode(unit(pts, tone=True).samples)
    ]


def test_sound_is_whole_frames_of_the_same_pitch() -> None:
    decoder = MicrophoneDecoder()
    frames = [frame for packet in packets(25) for frame in decoder.decode(packet)]
    assert {frame.shape for frame in frames} == {(160,)}
    assert len(frames) in (99, 100)
    assert pitch(np.concatenate(frames[10:]), 16_000) == pytest.approx(1_000, abs=5)
    assert (decoder.frames, decoder.lost) == (len(frames), 0)


@pytest.mark.parametrize("loss", [None, b"\xff\xff\xff"], ids=["missing", "corrupt"])
def test_a_lost_packet_keeps_its_time(loss: bytes | None) -> None:
    sound = packets(10)
    whole, holed = MicrophoneDecoder(), MicrophoneDecoder()
    expected = [frame for packet in sound for frame in whole.decode(packet)]
    frames = [
        frame
        for index, packet in enumerate(sound)
        for frame in holed.decode(loss if index == 10 else packet)
    ]
    assert len(frames) == len(expected)
    assert holed.lost == 1
    silent = np.flatnonzero(np.concatenate(frames)[500:] == 0)
    assert int(np.sum(np.diff(silent) == 1)) == 319


def test_packets_of_60_ms_become_frames_of_10() -> None:
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = 48_000, "mono", "s16"
    codec.options = {"frame_duration": "60"}
    codec.open()
    decoder, frames = MicrophoneDecoder(), []
    for index in range(5):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 2_880), np.int16), "s16", "mono")
        frame.sample_rate, frame.pts = 48_000, index * 2_880
        for packet in codec.encode(frame):
            frames += decoder.decode(bytes(packet))
    assert len(frames) in (29, 30)
    assert len(decoder.decode(None)) == 6
