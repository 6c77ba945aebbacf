"""Writes what follows from the event protocol: `python -m agent.events.generate`.

The browser's table and types, the Python client's dataclasses and the protocol's page are made of
the JSON schemas of `agent.events`, so that no side can differ from another. Ends with 1 under
`--check` if a file is not what it should be.
"""

import inspect
import json
import sys
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from agent.events import ClientEvent, Event, PresentationEvent, ServerEvent, StateEvent
from agent.events.examples import CLIENT_EXAMPLES, SERVER_EXAMPLES

REPOSITORY = Path(__file__).resolve().parents[2]
BROWSER_TABLE = REPOSITORY / "web" / "sdk" / "events.js"
BROWSER_TYPES = REPOSITORY / "web" / "sdk" / "event_types.d.ts"
CLIENT_TYPES = REPOSITORY / "client" / "visavis_client" / "event_types.py"
PAGE = REPOSITORY / "docs" / "protocol.md"
PREAMBLE = Path(__file__).with_name("protocol.md")
MADE_BY = "Made by `make protocol` from `agent/events`; changes belong there."
SHARED = frozenset({"type", "id", "at_ms"})
ELSEWHERE = frozenset({"driving", "seen"})
"""Events of the camera's socket, which the Python client does not open."""

_NAMES = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
_SCRIPT = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
_PYTHON = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}

ALIASES: Mapping[str, tuple[type[Event], str]] = {
    "Presented": (PresentationEvent, "presentation"),
    "ConversationName": (StateEvent, "state"),
}
"""Types of fields that the Python client has a name for."""
LONGEST = 84
"""Characters of a type that fits on a line."""

Schema = Mapping[str, Any]


def models(union: object) -> tuple[type[Event], ...]:
    """Returns the events of a union, in its order."""
    return typing.get_args(typing.get_args(union)[0])


def type_name(model: type[Event]) -> str:
    """Returns what `type` says in an event."""
    return str(model.model_fields["type"].default)


def structures(events: Iterable[type[Event]]) -> dict[str, type[BaseModel]]:
    """Returns the models that stand inside events, by name."""
    found: dict[str, type[BaseModel]] = {}
    for model in events:
        for info in model.model_fields.values():
            for inner in typing.get_args(info.annotation):
                if isinstance(inner, type) and issubclass(inner, BaseModel):
                    found[inner.__name__] = inner
    return found


def _fields(model: type[BaseModel]) -> dict[str, tuple[Schema, bool]]:
    """Returns the schema of each field of its own, and whether it must be there."""
    schema = model.model_json_schema()
    required = schema.get("required", ())
    return {
        name: (field, name in required)
        for name, field in schema.get("properties", {}).items()
        if name not in SHARED
    }


def _plain(field: Schema) -> Schema:
    """Returns a field's schema without null."""
    options = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    return options[0] if options else field


def _values(field: Schema) -> list[str]:
    return [field["const"]] if "const" in field else list(field.get("enum", ()))


def _optional(field: Schema, required: bool) -> bool:
    return not required or "anyOf" in field


# -------------------------------------------------------------------- the browser's table


def browser_table() -> str:
    """Returns `web/sdk/events.js`."""
    client, server = models(ClientEvent), models(ServerEvent)
    inner = {name: _table(model) for name, model in structures((*client, *server)).items()}
    limits = {type_name(m): found for m in client if (found := _limits(m))}
    return "\n".join(
        [
            f"/** {MADE_BY} See `protocol.js` for how a field is written. */",
            "",
            _constant("STRUCTURES", inner),
            "/** What the client sends. */",
            _constant("CLIENT_EVENTS", {type_name(m): _table(m) for m in client}),
            "/** What the server sends. */",
            _constant("SERVER_EVENTS", {type_name(m): _table(m) for m in server}),
            "/** Characters, or numbers of entries, beyond which the server refuses an event. */",
            _constant("LIMITS", limits).rstrip(),
            "",
        ]
    )


def _constant(name: str, value: object) -> str:
    return f"export const {name} = /** @type {{const}} */ ({json.dumps(value, indent=2)});\n"


def _table(model: type[BaseModel]) -> dict[str, str]:
    return {
        name: _written(_plain(field)) + ("?" if _optional(field, required) else "")
        for name, (field, required) in _fields(model).items()
    }


def _written(field: Schema) -> str:
    if values := _values(field):
        return "|".join(values)
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if field["type"] == "array":
        return f"{_written(field['items'])}[]"
    return _NAMES.get(field["type"], "object")


def _limits(model: type[BaseModel]) -> dict[str, dict[str, int]]:
    bounds = {
        "min": ("minLength", "minProperties"),
        "max": ("maxLength", "maxProperties"),
    }
    limits = {
        name: {
            short: _plain(field)[key]
            for short, keys in bounds.items()
            for key in keys
            if key in _plain(field)
        }
        for name, (field, _) in _fields(model).items()
    }
    return {name: found for name, found in limits.items() if found}


# -------------------------------------------------------------------- the browser's types


def browser_types() -> str:
    """Returns `web/sdk/event_types.d.ts`."""
    server = models(ServerEvent)
    lines = [
        f"/** {MADE_BY} */",
        "",
        "/** What all events share: the sender's running number and clock in milliseconds. */",
        "export interface ServerEvent {",
        "  id: number;",
        "  at_ms: number;",
        "}",
    ]
    for model in structures(server).values():
        lines += ["", *_interface(model, "")]
    for model in server:
        lines += ["", *_interface(model, " extends ServerEvent")]
    return "\n".join(lines) + "\n"


def _interface(model: type[BaseModel], base: str) -> list[str]:
    fields = [
        f"  {name}{'?' if _optional(field, required) else ''}: {_script(_plain(field))}"
        f"{' | null' if _optional(field, required) else ''};"
        for name, (field, required) in _fields(model).items()
    ]
    comment = [f" * {line}".rstrip() for line in _doc(model).splitlines()]
    return ["/**", *comment, " */", f"export interface {model.__name__}{base} {{", *fields, "}"]


def _script(field: Schema) -> str:
    if values := _values(field):
        return " | ".join(json.dumps(value) for value in values)
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if field["type"] == "array":
        return f"{_script(field['items'])}[]"
    return _SCRIPT.get(field["type"], "Record<string, unknown>")


# -------------------------------------------------------------------- the Python client's types


def client_types() -> str:
    """Returns `client/visavis_client/event_types.py`."""
    server = [m for m in models(ServerEvent) if type_name(m) not in ELSEWHERE]
    parts = [
        f'"""What the server sends, as types.\n\n{MADE_BY}\n"""',
        "",
        "from collections.abc import Mapping",
        "from dataclasses import dataclass",
        "from typing import Any, ClassVar, Literal",
        "",
        *(f"{alias} = {_python(_fields(m)[f][0])}" for alias, (m, f) in ALIASES.items()),
        "",
        "",
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        "class Event:",
        '    """What all events share: the sender\'s running number, and its clock in ms."""',
        "",
        "    type: ClassVar[str]",
        "    id: int",
        "    at_ms: float",
    ]
    for name, inner in structures(server).items():
        parts += ["", "", *_dataclass(inner, name, "")]
    for model in server:
        name = model.__name__.removesuffix("Event")
        parts += ["", "", *_dataclass(model, name, type_name(model))]
    kinds = [f'    "{type_name(m)}": {m.__name__.removesuffix("Event")},' for m in server]
    parts += ["", "", "SERVER_EVENTS: Mapping[str, type[Event]] = {", *kinds, "}"]
    return "\n".join(parts) + "\n"


def _dataclass(model: type[BaseModel], name: str, kind: str) -> list[str]:
    own = _fields(model)
    ordered = sorted(own.items(), key=lambda item: _optional(*item[1]))
    fields = [
        f"    {field}: {_python(_plain(schema))}"
        + (" | None = None" if _optional(schema, required) else "")
        for field, (schema, required) in ordered
    ]
    base, options = ("(Event)", ", kw_only=True") if kind else ("", "")
    head = [f"@dataclass(frozen=True, slots=True{options})", f"class {name}{base}:"]
    text = _doc(model).splitlines()
    if len(text) == 1:
        doc = [f'    """{text[0]}"""']
    else:
        doc = [f'    """{text[0]}', *(f"    {line}".rstrip() for line in text[1:]), '    """']
    typed = [f'    type: ClassVar[str] = "{kind}"'] if kind else []
    return [*head, *doc, "", *typed, *fields]


def _python(field: Schema) -> str:
    if values := _values(field):
        quoted = [f'"{value}"' for value in values]
        line = f"Literal[{', '.join(quoted)}]"
        return line if len(line) <= LONGEST else f"Literal[\n        {', '.join(quoted)}\n    ]"
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if field["type"] == "array":
        return f"list[{_python(field['items'])}]"
    if field["type"] == "object":
        inner = field.get("additionalProperties")
        return "dict[str, str]" if isinstance(inner, dict) else "dict[str, Any]"
    return _PYTHON[field["type"]]


# -------------------------------------------------------------------- the protocol's page


def page() -> str:
    """Returns `docs/protocol.md`."""
    parts = [PREAMBLE.read_text("utf-8").rstrip(), "", f"*{MADE_BY}*", "", "## What a client sends"]
    parts += [line for event in CLIENT_EXAMPLES for line in _section(event)]
    parts += ["", "## What the server sends"]
    parts += [line for event in SERVER_EXAMPLES for line in _section(event)]
    inner = structures((*models(ClientEvent), *models(ServerEvent)))
    parts += ["", "## What stands inside events"]
    for name, model in inner.items():
        parts += ["", f"### {name}", "", _doc(model), "", *_rows(model)]
    return "\n".join(parts) + "\n"


def _section(event: Event) -> list[str]:
    model = type(event)
    shown = event.model_dump(mode="json", exclude_none=True)
    example = json.dumps({"type": type_name(model), **shown}, ensure_ascii=False)
    lines = ["", f"### `{type_name(model)}`", "", _doc(model), ""]
    rows = _rows(model)
    return [*lines, *([*rows, ""] if rows else []), "```json", example, "```"]


def _rows(model: type[BaseModel]) -> list[str]:
    own = _fields(model)
    if not own:
        return []
    rows = [
        f"| `{name}` | {_written(_plain(field)).replace('|', ', ')} | {_needed(field, required)} |"
        for name, (field, required) in own.items()
    ]
    return ["| field | type | |", "|---|---|---|", *rows]


def _needed(field: Schema, required: bool) -> str:
    if required:
        return "may be null" if "anyOf" in field else ""
    default = field.get("default")
    if default in (None, [], {}):
        return "may be left out"
    return f"`{json.dumps(default)}` if left out"


def _doc(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def files() -> dict[Path, str]:
    """Returns every file that is made, with its text."""
    return {
        BROWSER_TABLE: browser_table(),
        BROWSER_TYPES: browser_types(),
        CLIENT_TYPES: client_types(),
        PAGE: page(),
    }


def stale() -> list[Path]:
    """Returns the files that are not what they should be."""
    return [
        path
        for path, text in files().items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]


def main() -> None:
    """Writes the files, or only looks at them under `--check`."""
    if "--check" in sys.argv[1:]:
        found = stale()
        for path in found:
            print(f"{path.relative_to(REPOSITORY)} is stale; run: make protocol")
        sys.exit(bool(found))
    for path, text in files().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
