"""One typed settings tree.

Read, strongest first, from `VISAVIS_*` environment variables (`VISAVIS_SERVER__PORT=8080`) and
from `visavis.toml` in the working directory. No other place reads the environment.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

REPOSITORY = Path(__file__).resolve().parent.parent


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServerSettings(_Section):
    """HTTP, WebSocket and admission."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8010, ge=0, le=65_535, description="port to listen on")
    max_sessions: int = Field(4, ge=1, description="one more is refused with server_full")
    max_drivers: int = Field(1, ge=0, description="people whose cameras move faces; 0: nobody")
    lease_seconds: float = Field(
        15.0, gt=0, description="how long a session outlives its WebSocket"
    )
    data_dir: Path = Field(Path("var"), description="where avatars, personas and caches are kept")
    api_keys: tuple[Annotated[SecretStr, Field(min_length=16)], ...] = Field(
        (), description="mint session tokens, which sessions then need; none: open to all"
    )
    allowed_origins: tuple[str, ...] = Field(
        (), description='websites that may embed the widget, as "https://example.org"; "*": all'
    )


class SpeechSettings(_Section):
    """Hearing and turn taking. Times in seconds."""

    recogniser: Literal["tiny.en", "base"] = Field(
        "tiny.en", description="base hears a hundred languages, three times as slowly"
    )
    language: str = Field("en", description="heard where no persona says another")
    voices: dict[str, str] = Field(
        {}, description="more Piper voices by name: the path of an .onnx, or its package"
    )
    speculate_after: float = Field(0.04, description="silence that starts a transcription")
    end_after: float = Field(0.12, description="silence that ends a turn that is surely whole")
    end_at_latest: float = Field(1.5, description="silence that ends any turn")
    turn_threshold: float = Field(0.5, ge=0, le=1, description="turn model probability for done")
    speculation: bool = Field(True, description="answers are made before the turn is known to end")
    first_clause: bool = Field(True, description="the first clause of an answer is voiced alone")
    rehearsal: bool = Field(True, description="how known answers begin is voiced beforehand")
    push_to_talk: bool = Field(False, description="microphones open while a button is held only")
    vad_mode: int = Field(2, ge=0, le=3, description="webrtcvad aggressiveness")


class McpServerSettings(_Section):
    """One MCP server: a command that is started, or an address that is called."""

    command: tuple[str, ...] = Field((), description="program and arguments of a stdio server")
    env: dict[str, str] = Field({}, description="added to the few variables it inherits")
    url: str | None = Field(None, description="ends in /mcp (streamable HTTP) or /sse")
    headers: dict[str, SecretStr] = Field({}, description="sent with every request to `url`")
    tools: tuple[str, ...] = Field((), description="of an HTTP server, only these; all if empty")

    @model_validator(mode="after")
    def _one_of_both(self) -> "McpServerSettings":
        if bool(self.command) == bool(self.url):
            raise ValueError("an MCP server has either a command or a url")
        return self


class MindSettings(_Section):
    """Answers. Without `base_url` the embedded small model and the persona's knowledge answer."""

    base_url: str | None = Field(
        None, description="of an OpenAI-compatible endpoint, as http://localhost:11434/v1"
    )
    api_key: SecretStr = Field(SecretStr(""), description="of the endpoint")
    model: str = Field("smollm2-135m-instruct", description="name of the endpoint's model")
    temperature: float = Field(0.3, description="of the endpoint's model")
    max_tokens: int = Field(160, gt=0, description="longest answer, in tokens")
    timeout_seconds: float = Field(20.0, gt=0, description="until an endpoint counts as down")
    persona: str = Field("vera", description="who answers where a session names nobody")
    prompts_dir: Path = Field(
        REPOSITORY / "prompts", description="personas, their knowledge, lessons"
    )
    history_tokens: int = Field(1_200, ge=200, description="beyond it, old turns are summarised")
    variables: dict[str, str] = Field({}, description="fill {{name}} in persona texts")
    tools: tuple[str, ...] = Field((), description="Python functions, package.module:function")
    mcp: dict[str, McpServerSettings] = Field({}, description="MCP servers by name")
    tool_seconds: float = Field(20.0, gt=0, description="longest run of one tool")
    bridge_after: float = Field(0.8, ge=0, description="a tool this slow is bridged by words")


class FaceSettings(_Section):
    """Which person, and how large."""

    width: int = Field(512, ge=128, le=1920, multiple_of=2, description="pixels, even")
    height: int = Field(512, ge=128, le=1920, multiple_of=2, description="pixels, even")
    background: str = Field(
        "photo", description='"photo": the person\'s own; a colour "#rrggbb"; a picture\'s file'
    )
    people_package: str = Field("openpeople", description="package that holds the default people")
    engine: Literal["neural", "rules"] = Field("neural", description="what moves it while it talks")
    emotion: Literal["neutral", "happy", "sad", "surprised", "concerned", "thinking"] = Field(
        "neutral", description="what is felt where neither persona nor answer says otherwise"
    )
    intensity: float = Field(0.4, ge=0, le=1, description="how strongly")


class WebRtcSettings(_Section):
    """Transport. Bit rates in bits a second."""

    ice_servers: tuple[str, ...] = Field((), description='STUN servers, as "stun:example.org:3478"')
    video_bitrate: int = Field(900_000, gt=0, description="with which pictures begin")
    video_bitrate_max: int = Field(2_000_000, gt=0, description="on a good path")
    video_bitrate_min: int = Field(60_000, gt=0, description="below it, motion or sound alone")
    audio_bitrate: int = Field(32_000, gt=0, description="of the voice")


Budgeted = Literal[
    "endpointing",
    "transcription",
    "answer",
    "voice",
    "motion",
    "draw",
    "encode",
    "network_and_display",
    "voice_to_voice",
]
"""The layers of a turn, and the whole."""


class LedgerSettings(_Section):
    """Where turn records go besides the page and `/metrics`, and how long a layer may take."""

    jsonl: Path | None = Field(None, description="append one JSON line per turn to this file")
    otlp_endpoint: str | None = Field(
        None, description="OpenTelemetry traces go here, as http://localhost:4318/v1/traces"
    )
    budgets_ms: dict[Budgeted, float] = Field(
        {
            "endpointing": 400,
            "transcription": 200,
            "answer": 300,
            "voice": 200,
            "motion": 80,
            "draw": 80,
            "encode": 80,
            "network_and_display": 250,
            "voice_to_voice": 900,
        },
        description="a turn in which a layer adds more raises an alarm; 0 for no budget",
    )


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="VISAVIS_",
        env_nested_delimiter="__",
        toml_file="visavis.toml",
        extra="forbid",
        frozen=True,
    )

    server: ServerSettings = ServerSettings()
    speech: SpeechSettings = SpeechSettings()
    mind: MindSettings = MindSettings()
    face: FaceSettings = FaceSettings()
    webrtc: WebRtcSettings = WebRtcSettings()
    ledger: LedgerSettings = LedgerSettings()

    @property
    def knowledge_cache(self) -> Path:
        """Where indexes of knowledge are kept."""
        return self.server.data_dir / "knowledge"

    @property
    def avatars_dir(self) -> Path:
        """Where avatars are kept."""
        return self.server.data_dir / "avatars"

    @property
    def personas_dir(self) -> Path:
        """Where personas are kept that people made."""
        return self.server.data_dir / "personas"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Reads, strongest first: arguments, environment, `visavis.toml`."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
