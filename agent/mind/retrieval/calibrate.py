"""Fits the weights of `agent.mind.retrieval.grounded`: `python -m agent.mind.retrieval.calibrate`.

Every question of the knowledge files is left out in turn and asked: the fact it stands under is the
right answer. Every known gap is left out and asked likewise: no fact is. So are some in the words
that Whisper wrote (`misheard.tsv`: the knowledge's questions, spoken by four synthetic voices in
noise, where at most every second word was wrong). Prints the weights and how often they are right;
nothing of `agent.bench` is looked at.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]

from agent.mind.persona.persona import load_persona, persona_ids
from agent.mind.retrieval.embedding import E5Embedder
from agent.mind.retrieval.grounded import evidence, fact_scores
from agent.mind.retrieval.index import Found, Leaving
from agent.mind.retrieval.keywords import Keywords
from agent.mind.retrieval.knowledge import Fact
from agent.mind.retrieval.shelf import Shelf, open_shelf
from agent.settings import Settings

MISHEARD = Path(__file__).parent / "misheard.tsv"
_RIDGE = 1e-3
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A question that was left out, and the number of its fact (None for a gap)."""

    found: Found
    fact: int | None


def examples(shelf: Shelf) -> list[Example]:
    """Asks every question of a persona's knowledge as if it were not in it."""
    made: list[Example] = []
    asked = 0
    misheard = _misheard()
    facts = list(shelf.knowledge.facts)
    for number, fact in enumerate(facts):
        for text in fact.questions:
            rest = tuple(other for other in fact.questions if other != text)
            facts[number] = Fact(fact.section, fact.text, rest)
            leaving = Leaving(Keywords(facts), question=asked)
            made.append(Example(shelf.index.find_matches(text, leaving), number))
            if heard := misheard.get(text):
                repaired = shelf.hearing.repair(heard)
                made.append(Example(shelf.index.find_matches(repaired, leaving), number))
            asked += 1
        facts[number] = fact
    keywords = Keywords(facts)
    for number, text in enumerate(shelf.knowledge.gaps):
        made.append(Example(shelf.index.find_matches(text, Leaving(keywords, gap=number)), None))
    return made


def _misheard() -> dict[str, str]:
    """Returns what Whisper wrote, by what was asked."""
    with MISHEARD.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["asked"]: row["heard"] for row in rows}


def fit_rank(asked: list[Example]) -> Matrix:
    """Returns the weights that make the right fact the likeliest of all (softmax)."""
    spread = np.concatenate([fact_scores(each.found) for each in asked]).std(0)
    cases = [
        (fact_scores(each.found) / spread, each.fact) for each in asked if each.fact is not None
    ]

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        total, slope = _RIDGE * float(weights @ weights), 2 * _RIDGE * weights
        for scores, right in cases:
            values = scores @ weights
            values -= values.max()
            chances = np.exp(values) / np.exp(values).sum()
            total -= float(np.log(chances[right] + 1e-12)) / len(cases)
            slope += (chances @ scores - scores[right]) / len(cases)
        return total, slope

    found = minimize(loss, np.zeros(cases[0][0].shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread, np.float64)


def fit_sureness(rows: Matrix, right: Matrix) -> tuple[Matrix, float]:
    """Returns weights and bias of a logistic regression, both outcomes counting alike."""
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    scaled = np.c_[(rows - mean) / spread, np.ones(len(rows))]
    weight = np.where(right > 0, 0.5 / right.mean(), 0.5 / (1 - right.mean()))

    def loss(weights: Matrix) -> tuple[float, Matrix]:
        values = scaled @ weights
        error = 1 / (1 + np.exp(-values)) - right
        likelihood = np.logaddexp(0, values) - right * values
        penalty = _RIDGE * float(weights @ weights)
        slope = scaled.T @ (weight * error) / len(rows) + 2 * _RIDGE * weights
        return float((weight * likelihood).mean()) + penalty, slope

    helping = [(0.0, None)] * (rows.shape[1] - 1)
    bounds = [*helping, (None, 0.0), (None, None)]
    start = np.zeros(scaled.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    weights = np.asarray(found.x[:-1] / spread, np.float64)
    return weights, float(found.x[-1] - weights @ mean)


def main() -> None:
    """Fits on all personas together and prints what was found."""
    settings = Settings()
    embedder = E5Embedder()
    prompts = settings.mind.prompts_dir
    personas = [load_persona(prompts, name) for name in persona_ids(prompts)]
    shelves = [open_shelf(prompts, each, embedder, None) for each in personas]
    asked = [example for shelf in shelves for example in examples(shelf)]
    rank_weights = fit_rank(asked)
    rows, right = [], []
    for each in asked:
        scores = fact_scores(each.found) @ rank_weights
        best, second = np.argsort(-scores)[:2]
        rows.append(evidence(each.found, int(best), float(scores[best] - scores[second])))
        right.append(float(best == each.fact))
    weights, bias = fit_sureness(np.array(rows), np.array(right))
    sure = 1 / (1 + np.exp(-(np.array(rows) @ weights + bias)))
    print("RANK_WEIGHTS", rank_weights.round(2).tolist())
    print("SURE_WEIGHTS", weights.round(3).tolist(), "SURE_BIAS", round(bias, 3))
    facts = np.array([each.fact is not None for each in asked])
    hit = np.array(right) > 0
    print(f"{facts.sum()} questions, right fact first: {hit[facts].mean():.3f}")
    for threshold in np.arange(0.2, 0.9, 0.1):
        said = sure >= threshold
        print(
            f"threshold {threshold:.1f}: right {np.mean(said[facts] & hit[facts]):.3f}, "
            f"wrong {np.mean(said[facts] & ~hit[facts]):.3f}, "
            f"gap answered {said[~facts].mean():.3f}"
        )


if __name__ == "__main__":
    main()
