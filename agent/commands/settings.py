"""`visavis settings`: every setting with its default, as a file to start from."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from agent.settings import REPOSITORY, Settings

HEAD = """\
# Every setting of Visavis with its default. Copy this file to visavis.toml in the folder you start
# the server from, and take the "# " from the lines you change. An environment variable goes before:
# VISAVIS_SERVER__PORT=8080. Printed by: visavis settings
"""


def example() -> str:
    """Returns the TOML text: a table a section, each setting commented out below its meaning."""
    parts = [HEAD]
    for name, info in Settings.model_fields.items():
        section = info.annotation
        assert isinstance(section, type)
        assert issubclass(section, BaseModel)
        parts.append(f"\n[{name}]\n# {(section.__doc__ or '').strip()}\n")
        for field, about in section.model_fields.items():
            value = _value(getattr(section(), field))
            parts.append(f"\n# {field}: {about.description}\n")
            parts.append(f"# {field} = {value}\n" if value else f'# {field} = ""  # not set\n')
    return "".join(parts)


def _value(value: Any) -> str:
    """Returns a default as TOML writes it; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return json.dumps(value.get_secret_value())
    if isinstance(value, Path):
        inside = value.is_relative_to(REPOSITORY)
        return json.dumps(str(value.relative_to(REPOSITORY) if inside else value))
    if isinstance(value, dict):
        inner = ", ".join(f"{key} = {_value(each)}" for key, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value)
