"""The process of one model: `python -m agent.models.child package.module:Class [ARGUMENT…]`.

Loads the model, then answers one call after the other until its input ends, which it does when the
server goes away, however it goes.
"""

import importlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

from agent.errors import VisavisError
from agent.models.protocol import HEADER, Call, Failure, Message, Result, decode, encode

log = logging.getLogger(__name__)


def main() -> None:
    """Serves the model named on the command line."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not end up between the answers
    serve(sys.argv[1], sys.argv[2:], sys.stdin.buffer, answers)


def serve(target: str, arguments: Sequence[str], calls: BinaryIO, answers: BinaryIO) -> None:
    """Loads `target` and answers the calls that arrive until there are no more."""
    try:
        module, name = target.split(":")
        model = getattr(importlib.import_module(module), name)(*arguments)
    except Exception as error:
        _send(answers, _failure(error))
        return
    _send(answers, Result())
    while header := calls.read(HEADER.size):
        if len(header) < HEADER.size:
            return
        call = decode(calls.read(*HEADER.unpack(header)))
        if not isinstance(call, Call):
            return
        _send(answers, _answer(model, call))


def _answer(model: Any, call: Call) -> Message:
    try:
        return Result(getattr(model, call.method)(*call.arguments))
    except Exception as error:
        return _failure(error)


def _failure(error: Exception) -> Failure:
    log.error("model raised %s", type(error).__name__)
    reason = error.message if isinstance(error, VisavisError) else ""
    return Failure(type(error).__name__, reason)


def _send(answers: BinaryIO, message: Message) -> None:
    try:
        answers.write(encode(message))
        answers.flush()
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more; a clean exit would try to flush again


if __name__ == "__main__":
    main()
