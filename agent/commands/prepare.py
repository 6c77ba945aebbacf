"""`visavis prepare`: makes once what the first start would otherwise wait for.

The default people, the knowledge's index and the compiled drawing kernels. Idempotent; the
installation runs it.
"""

from collections.abc import Callable

from rich.console import Console

from agent.mind.persona.persona import load_persona, persona_ids
from agent.mind.retrieval.embedding import E5Embedder
from agent.mind.retrieval.shelf import open_shelf
from agent.settings import Settings
from render.cloning.gallery import build_gallery
from render.motion.warm import warm_up_motion
from render.puppet.warm import warm_up


def prepare(settings: Settings) -> None:
    """Runs every step and says which."""
    steps: list[tuple[str, Callable[[Settings], None]]] = [
        ("default people and drawing", _people),
        ("knowledge", _knowledge),
    ]
    console = Console(stderr=True)
    for name, step in steps:
        with console.status(f"preparing {name}"):
            step(settings)


def _people(settings: Settings) -> None:
    folder = settings.avatars_dir
    people = build_gallery(folder, settings.face.people_package)
    warm_up(next(iter(people.values())))
    warm_up_motion()


def _knowledge(settings: Settings) -> None:
    prompts, embedder = settings.mind.prompts_dir, E5Embedder()
    for name in persona_ids(prompts):
        open_shelf(prompts, load_persona(prompts, name), embedder, settings.knowledge_cache)
