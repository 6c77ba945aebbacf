"""`visavis doctor`: is everything here, and does it work?"""

import asyncio
import platform
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from agent.errors import VisavisError
from agent.mind.persona.persona import load_persona, persona_ids
from agent.models.motion import load_pipeline
from agent.models.packages import SPEECH_WEIGHTS, find
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from render.cloning.gallery import DEFAULT_PEOPLE, default_avatar
from render.puppet.puppet import Puppet
from render.types import Motion

CORES, MEMORY_GB, DISK_GB = 2, 4, 1
FRAME_BUDGET_MS = 20.0
Finding = tuple[bool, str]


async def examine(settings: Settings) -> bool:
    """Runs every check and prints what it found. Returns whether all is well."""
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("machine", _machine),
        ("disk", lambda: _disk(settings.server.data_dir)),
        ("port", lambda: _port(settings.server.host, settings.server.port)),
        ("weights", _weights),
        ("personas", lambda: _personas(settings)),
        ("face", lambda: _face(settings)),
        ("engine", lambda: _engine(settings)),
    ]
    table = Table("what", "", "found", title="Visavis", title_justify="left")
    well = True
    for name, check in checks:
        well &= _row(table, name, *await asyncio.to_thread(_guarded, check))
    well &= _row(table, "speech", *await _speech(settings))
    Console().print(table)
    return well


def _row(table: Table, name: str, good: bool, found: str) -> bool:
    table.add_row(name, "[green]ok[/]" if good else "[red]no[/]", found)
    return good


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except (VisavisError, OSError, KeyError) as error:
        return False, str(error)


def _machine() -> Finding:
    cores, memory = psutil.cpu_count() or 1, psutil.virtual_memory().total / 2**30
    good = cores >= CORES and memory >= MEMORY_GB
    return good, f"{cores} cores, {memory:.0f} GB, Python {platform.python_version()}"


def _disk(folder: Path) -> Finding:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 2**30
    return free >= DISK_GB, f"{free:.0f} GB free for {folder}/"


def _port(host: str, port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return False, f"{host}:{port} cannot be used: {error.strerror}"
    return True, f"{host}:{port} is free"


def _weights() -> Finding:
    for weights in SPEECH_WEIGHTS:
        find(weights)
    return True, f"{len(SPEECH_WEIGHTS)} files are the pinned ones"


def _personas(settings: Settings) -> Finding:
    prompts = settings.mind.prompts_dir
    names = [load_persona(prompts, name).id for name in persona_ids(prompts)]
    return settings.mind.persona in names, ", ".join(names)


def _face(settings: Settings) -> Finding:
    folder = settings.avatars_dir
    key = next(iter(DEFAULT_PEOPLE))
    bundle = default_avatar(key, folder, settings.face.people_package)
    puppet = Puppet(bundle, settings.face.width, settings.face.height)
    puppet.draw(Motion.of(jawOpen=0.3))
    began, frames = time.perf_counter(), 25
    for _ in range(frames):
        puppet.draw(Motion.of(jawOpen=0.3))
    ms = (time.perf_counter() - began) / frames * 1000
    return ms < FRAME_BUDGET_MS, f"{ms:.1f} ms a frame at {puppet.width}x{puppet.height}"


def _engine(settings: Settings) -> Finding:
    if settings.face.engine == "rules":
        return True, "rules move the face, as the settings say"
    good = load_pipeline(settings.face) is not None
    return good, "the motion model is loaded" if good else "no motion model: rules move the face"


async def _speech(settings: Settings) -> Finding:
    models_dir = settings.server.data_dir / "models"
    engines = SpeechEngines(settings=settings.speech, models_dir=models_dir)
    began = time.monotonic()
    try:
        await engines.start()
        names = ", ".join(worker.name for worker in engines.health())
        return True, f"{names} loaded in {time.monotonic() - began:.1f} s"
    except VisavisError as error:
        return False, error.message
    finally:
        await engines.aclose()
