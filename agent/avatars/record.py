"""What is known about an avatar besides its picture: who it is, and who agreed to its use."""

import unicodedata
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from agent.errors import BadRequest, ConsentRequired

STATEMENT = "I am this person, or have their permission"
"""What is agreed to, in the words of the command and of the page."""
STATEMENT_VERSION = 1
"""Raised whenever the words of the statement, or what is done with a photo, change."""
MAX_NAME_CHARS = 60


class Consent(BaseModel):
    """Somebody's agreement that a face may be used.

    Attributes:
        by: The name of who agreed, as they gave it.
        statement: What they agreed to.
        version: Of the statement.
        at: When.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str
    statement: str = STATEMENT
    version: int = STATEMENT_VERSION
    at: datetime

    def sentence(self) -> str:
        """Returns the record that travels within the avatar's file."""
        return f'{self.by}, {self.at:%Y-%m-%d}: "{self.statement}" (version {self.version})'


class AvatarRecord(BaseModel):
    """One avatar.

    Attributes:
        id: Public for the default people; a secret for a clone: who knows it can see the face.
        name: Shown to people.
        created: When it was made; None for the default people.
        source: Where the person comes from, in plain words.
        ai_generated: Whether the pictured person does not exist.
        consent: Who agreed; None where nobody has to.
        shared: Whether everybody who opens the page may choose this face.
        advice: Sentences on what would make a better avatar.
        token_hash: SHA-256 of the token that may delete it; "" where no token may.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    created: datetime | None = None
    source: str
    ai_generated: bool
    consent: Consent | None = None
    shared: bool = False
    advice: tuple[str, ...] = ()
    token_hash: str = Field("", repr=False)


def clean_name(name: str, what: str = "The name") -> str:
    """Returns a name as it is shown: normalised, with single spaces.

    Raises:
        BadRequest: It is empty, too long, or holds characters that cannot be shown.
    """
    shown = " ".join(unicodedata.normalize("NFC", name).split())
    if not shown or len(shown) > MAX_NAME_CHARS:
        raise BadRequest(f"{what} must have 1 to {MAX_NAME_CHARS} characters.")
    if not shown.isprintable():
        raise BadRequest(f"{what} holds characters that cannot be shown.")
    return shown


def agreed(by: str, at: datetime) -> Consent:
    """Returns the consent of `by`.

    Raises:
        ConsentRequired: Nobody is named.
    """
    if not by.strip():
        raise ConsentRequired("Somebody must agree by name to the use of this face.")
    return Consent(by=clean_name(by, "The name of who agrees"), at=at)
