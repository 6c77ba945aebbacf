"""Teeth end where brightness drops along an arc; tongues and closed lips are no teeth."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from render.cloning.interior.edge import IncisalEdge, find_incisal_edge

WIDTH, HEIGHT, MOUTH = 300, 120, 240.0
ENAMEL, LIP, TONGUE = (222.0, 205.0, 178.0), (150.0, 90.0, 88.0), (190.0, 100.0, 105.0)


def smile(
    row: tuple[float, float, float] = ENAMEL,
    curve: float = 0.5,
    tint: tuple[float, ...] = (1, 1, 1),
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Draws an opening with a row of teeth that ends on an arc above the lower lip."""
    across = (np.arange(WIDTH) + 0.5 - WIDTH / 2) / MOUTH
    arc = 78 - curve * MOUTH * across**2
    rows = np.arange(HEIGHT)[:, None]
    opening = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(opening, (WIDTH // 2, 40), (120, 50), 0, 0, 180, 1.0, -1)
    colour = np.empty((HEIGHT, WIDTH, 3), np.float32)
    colour[:] = LIP
    teeth = (opening > 0) & (rows < arc)
    colour[opening > 0] = (60, 35, 35)
    colour[teeth] = row
    colour[teeth & (np.arange(WIDTH) % 36 < 2)] *= 0.7
    noise = np.random.default_rng(3).normal(0, 2, colour.shape)
    return (colour * tint + noise).astype(np.float32), opening, arc.astype(np.float64)


def found(colour: NDArray[np.float32], opening: NDArray[np.float32]) -> IncisalEdge:
    edge = find_incisal_edge(colour, opening, MOUTH)
    assert edge is not None
    return edge


@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (1.05, 0.9, 0.72), (0.5, 0.5, 0.5)])
@pytest.mark.parametrize("curve", [0.1, 0.6])
def test_the_arc_is_found_in_any_light(curve: float, tint: tuple[float, ...]) -> None:
    colour, opening, arc = smile(curve=curve, tint=tint)
    edge = found(colour, opening)
    middle = slice(90, 210)
    assert edge.clear
    assert np.abs(edge.rows - arc)[middle].max() < 3


def test_a_tongue_is_no_row_of_teeth() -> None:
    colour, opening, _ = smile(TONGUE)
    assert not found(colour, opening).clear


def test_a_lip_without_teeth_is_none() -> None:
    colour, opening, _ = smile((60.0, 35.0, 35.0))
    assert not found(colour, opening).clear


def test_a_slit_is_too_small_to_tell() -> None:
    colour, opening, _ = smile()
    opening[44:] = 0
    assert find_incisal_edge(colour, opening, MOUTH) is None
