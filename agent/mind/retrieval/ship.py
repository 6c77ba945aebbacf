"""Embeds what the personas we ship know, once for everybody: `python -m agent.mind.retrieval.ship`.

To be run when a knowledge file or the small talk was changed; a start embeds what is missing
otherwise.
"""

from agent.mind.persona.persona import load_persona, persona_ids
from agent.mind.retrieval.embedding import E5Embedder
from agent.mind.retrieval.shelf import open_shelf
from agent.mind.retrieval.vectors import VectorStore
from agent.settings import Settings


def main() -> None:
    """Writes the vectors of all sentences of all personas."""
    settings = Settings()
    prompts, embedder = settings.mind.prompts_dir, E5Embedder()
    store = VectorStore(embedder, settings.knowledge_cache)
    for name in persona_ids(prompts):
        open_shelf(prompts, load_persona(prompts, name), embedder, None, store)
    print(store.ship())


if __name__ == "__main__":
    main()
