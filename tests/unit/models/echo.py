"""Models for the tests of the worker; they run in its process."""

import os
import time

from agent.errors import ModelUnavailable


class Echo:
    def __init__(self) -> None:
        self.seen: list[str] = []
        print("a library that prints")

    def say(self, text: str) -> str:
        self.seen.append(text)
        print("and prints again")
        return text

    def history(self) -> list[str]:
        return self.seen

    def environment(self, name: str) -> str | None:
        return os.environ.get(name)

    def modules(self) -> list[str]:
        import sys

        return list(sys.modules)

    def slow(self, seconds: float, text: str) -> str:
        time.sleep(seconds)
        return self.say(text)

    def fail(self) -> None:
        raise ValueError("a secret")

    def die(self) -> None:
        os._exit(3)

    def die_once(self, path: str) -> str:
        if not os.path.exists(path):
            open(path, "w").close()
            os._exit(3)
        return "alive"

    def big(self, size: int) -> bytes:
        return bytes(size)


class Missing:
    def __init__(self) -> None:
        raise ModelUnavailable("The package x is not installed.")


class Broken:
    def __init__(self) -> None:
        os._exit(1)
