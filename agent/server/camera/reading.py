"""What a page read off its own camera, as it arrives: numbers, checked before they move a face.

A message is JSON: `{"picture": 7, "reading": [...]}`, the numbers in the order of
`render.motion.reading.READINGS`, or `"reading": null` where the picture shows no face.
"""

from typing import Annotated, Final

import numpy as np
from annotated_types import Len
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from agent.errors import BadRequest, TooLarge
from render.motion.reading import READINGS, Reading
from render.types import ARKIT_SHAPES

MAX_READING_CHARACTERS: Final = 4096
_SCORE, _TURN, _TILT, _PLACE, _RATIO = (0, 1), (-180, 180), (-90, 90), (-1000, 1000), (0, 100)
_RANGES: Final[NDArray[np.float64]] = np.array(
    [
        *[_SCORE] * len(ARKIT_SHAPES),
        *(_TURN, _TILT, _TURN),
        *[_PLACE] * 3,
        *[_RATIO] * 3,
    ],
    np.float64,
)
"""(len(READINGS), 2) the lowest and the highest that each number may be."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    picture: int = Field(ge=0, lt=2**32)
    reading: Annotated[list[FiniteFloat], Len(len(READINGS), len(READINGS))] | None


def parse_reading(text: str) -> tuple[int, Reading | None]:
    """Returns the number of a picture, and what was read off it.

    Raises:
        BadRequest: The message is no such thing, or holds a number that no face can have.
        TooLarge: It is larger than any may be.
    """
    if len(text) > MAX_READING_CHARACTERS:
        raise TooLarge(f"A reading may have at most {MAX_READING_CHARACTERS} characters.")
    try:
        message = _Message.model_validate_json(text)
    except ValidationError:
        raise BadRequest("Only readings of faces are understood here.") from None
    if message.reading is None:
        return message.picture, None
    reading = np.array(message.reading)
    if np.any(reading < _RANGES[:, 0]) or np.any(reading > _RANGES[:, 1]):
        raise BadRequest("No face has such a reading.")
    return message.picture, reading
