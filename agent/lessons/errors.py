"""What can be wrong with a lesson's file."""

from pathlib import Path

from agent.errors import VisavisError


class BadLesson(VisavisError):
    """A lesson cannot be used.

    Attributes:
        file: The file at fault.
        line: The line at fault, counted from 1.
    """

    code, status = "bad_lesson", 500

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file = file
        self.line = line


class Fault(ValueError):
    """What is wrong in a part of a lesson.

    Args:
        reason: One sentence without the file's name.
        line: Line within the part, counted from 0.
    """

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
