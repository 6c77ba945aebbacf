"""espeak-ng in a process of its own: lines of JSON in, sound and phones out.

espeak-ng is GPL-3.0: this process alone loads its library. A request is {"voice", "text", "rate",
"pitch"}; the answer one line of JSON {"samples", "rate", "phones": [[symbol, start]]} and the
samples as int16 bytes.
"""

import ctypes
import ctypes.util
import json
import sys
from typing import Any

_RETRIEVE, _PHONEMES, _IPA, _UTF8 = 1, 0x1, 0x2, 1
_RATE, _PITCH = 1, 3
_PHONEME, _END = 7, 0


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_void_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Name),
    )  # fmt: skip


_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class Espeak:
    """The library, collecting what it says."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1")
        self.rate = self._library.espeak_Initialize(_RETRIEVE, 0, None, _PHONEMES | _IPA)
        self._sound = bytearray()
        self._phones: list[tuple[str, float]] = []
        self._callback = _CALLBACK(self._take)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, voice: str, text: str, rate: int, pitch: int) -> tuple[bytes, list[Any]]:
        """Returns the samples and when each phoneme begins."""
        self._sound, self._phones = bytearray(), []
        self._library.espeak_SetVoiceByName(voice.encode())
        self._library.espeak_SetParameter(_RATE, rate, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        data = text.encode()
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        return bytes(self._sound), list(self._phones)

    def _take(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self._sound += ctypes.string_at(wave, 2 * count)
        index = 0
        while events[index].type != _END:
            event = events[index]
            if event.type == _PHONEME:
                symbol = event.id.string.decode("utf-8", "ignore")
                self._phones.append((symbol, event.sample / self.rate))
            index += 1
        return 0


def main() -> None:
    """Answers until its input ends."""
    espeak = Espeak()
    for line in sys.stdin:
        sound, phones = espeak.say(**json.loads(line))
        answer = {"samples": len(sound) // 2, "rate": espeak.rate, "phones": phones}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + sound)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
