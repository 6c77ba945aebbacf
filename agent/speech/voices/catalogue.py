"""Which voices there are, and what each needs to be loaded.

Two come with Visavis; any other Piper voice can be named in the settings, by the path of its
`.onnx` file or by the installed package that holds one. Its configuration is the `.json` beside it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.errors import ModelUnavailable, NotFound
from agent.models import packages

PIPER = "agent.speech.voices.piper:PiperVoice"


class VoiceUnavailable(ModelUnavailable):
    """A voice that somebody asked for is not installed, or speaks another language."""

    code = "voice_unavailable"


@dataclass(frozen=True, slots=True)
class VoiceSource:
    """How a voice is loaded.

    Attributes:
        target: Its class, as a worker takes it.
        arguments: What the class is made with.
        language: BCP 47 tag of what it speaks.
    """

    target: str
    arguments: tuple[str, ...] = ()
    language: str = "en"


BUILT_IN: Mapping[str, VoiceSource] = {
    "heart": VoiceSource("agent.speech.voices.hibari:HibariVoice", language="en-US"),
    "joe": VoiceSource(PIPER, language="en-US"),
}
"""An American woman and an American man."""


def find_voice(name: str, others: Mapping[str, str]) -> VoiceSource:
    """Returns how the voice `name` is loaded.

    Args:
        name: What personas call it.
        others: Where further Piper voices are, by name: a path, or a package.

    Raises:
        NotFound: Nobody knows a voice of this name.
        VoiceUnavailable: It is known, and not there.
    """
    if name in BUILT_IN:
        return BUILT_IN[name]
    if name not in others:
        raise NotFound(f"There is no voice {name}; the setting speech.voices names others.")
    try:
        model = _model(others[name])
    except ModelUnavailable as error:
        raise VoiceUnavailable(f"The voice {name} is not installed. {error.message}") from None
    return VoiceSource(PIPER, (str(model),), _language(name, model))


def require_language(name: str, source: VoiceSource, language: str) -> None:
    """Raises `VoiceUnavailable` if a voice does not speak `language`."""
    if _primary(source.language) != _primary(language):
        raise VoiceUnavailable(
            f"The voice {name} speaks {source.language}, not {language}: name another in "
            "speech.voices."
        )


def _model(where: str) -> Path:
    if not where.endswith(".onnx"):
        return packages.installed_file(where, ".onnx")
    model = Path(where)
    if not model.is_file():
        raise ModelUnavailable(f"There is no file {where}.")
    return model


def _language(name: str, model: Path) -> str:
    config = Path(f"{model}.json")
    try:
        content = json.loads(config.read_text("utf-8"))
        code = content.get("language", {}).get("code") or content["espeak"]["voice"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise VoiceUnavailable(
            f"The voice {name} lacks its configuration, {config.name}, or it is not Piper's."
        ) from None
    return str(code).replace("_", "-")


def _primary(tag: str) -> str:
    return tag.replace("_", "-").split("-")[0].lower()
