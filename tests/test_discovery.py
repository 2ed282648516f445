"""Discovery: a planted box is found again, noise has none, and categories are peeled one by one."""

from __future__ import annotations

import numpy as np
import pytest

from posture.study.discovery import discover_boxes

NAMES = ["a", "b", "c", "d", "e"]
SEEDS = range(5)


def table(seed: int, *, rows: int = 2000) -> tuple[np.random.Generator, np.ndarray, np.ndarray]:
    """Return a generator, uniform inputs, and which rows lie in the planted box: a above 0.6, c below 0.5, a fifth."""
    generator = np.random.default_rng(seed)
    inputs = generator.random((rows, 5))
    return generator, inputs, (inputs[:, 0] > 0.6) & (inputs[:, 2] < 0.5)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_box_is_found(seed):
    """All hits lie in it, and it is a fifth of all.

    Pasted to within 1 % at each of two edges the pure box is worth 0.98 h (1 - 0.2), h hits; what is chosen is worth as
    much: with all hits at density d, h (1 - 0.2 / d), so d >= 0.2 / (1 - 0.784) = 0.926, or 8 % more on one edge.
    """
    _, inputs, inside = table(seed)

    (box,) = discover_boxes(inputs, inside, names=NAMES)

    edges = {each.input: (each.low, each.high) for each in box.restrictions}
    assert edges == {"a": (pytest.approx(0.6, abs=0.035), None), "c": (None, pytest.approx(0.5, abs=0.045))}
    assert box.coverage.estimate >= 0.92
    assert box.density.estimate >= 0.92
    assert box.mass == pytest.approx(inside.mean(), rel=0.08)
    assert all(each.quasi_p < 1e-9 for each in box.restrictions)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_box_is_found_under_noise(seed):
    """0.9 in the box, 0.1 outside: coverage 0.18 / 0.26 = 0.69, density 0.9, edges where the noise lets them be."""
    generator, inputs, inside = table(seed)
    outcome = generator.random(len(inputs)) < np.where(inside, 0.9, 0.1)

    box = discover_boxes(inputs, outcome, names=NAMES)[0]

    edges = {each.input: (each.low, each.high) for each in box.restrictions}
    assert edges["a"] == (pytest.approx(0.6, abs=0.03), None)
    assert edges["c"] == (None, pytest.approx(0.5, abs=0.03))
    assert box.coverage.estimate == pytest.approx(0.69, abs=0.06)
    assert box.density.estimate == pytest.approx(0.9, abs=0.05)


def test_of_two_boxes_the_second_is_sought_outside_the_first():
    """Above 0.7 of a, and b below 0.2 elsewhere: 0.3 and 0.7 x 0.2 of the rows, together all hits."""
    _, inputs, _ = table(1)
    outcome = (inputs[:, 0] > 0.7) | (inputs[:, 1] < 0.2)

    boxes = discover_boxes(inputs, outcome, names=NAMES)

    assert [[each.input for each in box.restrictions] for box in boxes] == [["a"], ["b"]]
    assert [box.mass for box in boxes] == [pytest.approx(0.3, abs=0.03), pytest.approx(0.14, abs=0.03)]
    assert sum(box.coverage.estimate for box in boxes) >= 0.98


def test_noise_has_no_box_of_high_density():
    """An outcome of probability 0.5 that goes with no input, 10 tables: mostly no box, and none denser than 0.65."""
    found = []
    for seed in range(10):
        generator, inputs, _ = table(seed)
        found.append(discover_boxes(inputs, generator.random(len(inputs)) < 0.5, names=NAMES))

    assert sum(not boxes for boxes in found) >= 5
    assert all(box.density.estimate < 0.65 for boxes in found for box in boxes)


def test_a_category_is_peeled_value_by_value():
    """Whole numbers 1 to 6, hits at 4 and 5 with a below 0.5: the box says 4 to 5, both ends inside, and 0.5."""
    generator = np.random.default_rng(1)
    inputs = np.column_stack([generator.random(1500), generator.integers(1, 7, 1500)])
    outcome = (inputs[:, 0] < 0.5) & np.isin(inputs[:, 1], [4, 5])

    (box,) = discover_boxes(inputs, outcome, names=["a", "slots"])

    edges = {each.input: (each.low, each.high) for each in box.restrictions}
    assert edges == {"slots": (4, 5), "a": (None, pytest.approx(0.5, abs=0.01))}
    assert (box.density.estimate, box.coverage.estimate) == (pytest.approx(1, abs=0.02), pytest.approx(1, abs=0.02))


def test_an_input_of_two_values_is_peeled_too():
    """Half the rows at a time, which is more than a peel of 5 %: it goes with hits, so that the box is there."""
    inputs = np.tile([[0.0], [1.0]], (200, 1))

    (box,) = discover_boxes(inputs, inputs[:, 0] == 1, names=["yes"])

    assert [(each.low, each.high) for each in box.restrictions] == [(1, None)]
    assert (box.rows, box.hits, box.mass) == (200, 200, 0.5)


def test_coverage_density_and_quasi_p_are_what_they_say():
    """Of 100 rows 70 to 96 are hits and 7 others: 27 rows, 27 of 34 hits, by chance at the whole's 0.34: 0.34^27."""
    inputs = np.arange(100.0)[:, None]
    outcome = np.zeros(100, dtype=bool)
    outcome[70:97] = True
    outcome[[5, 15, 25, 35, 45, 55, 65]] = True

    box = discover_boxes(inputs, outcome, names=["x"])[0]
    (restriction,) = box.restrictions

    held = outcome[int(restriction.low) : int(restriction.high) + 1]
    assert (box.rows, box.hits) == (len(held), held.sum()) == (27, 27)
    assert (box.coverage.estimate, box.density.estimate, box.mass) == (27 / 34, 1, 0.27)
    assert box.density.low < 1 == box.density.high
    assert restriction.quasi_p == pytest.approx(0.34**27, abs=0)


@pytest.mark.parametrize("start", [600, 610, 620, 630, 640])
def test_pasting_mends_what_a_peel_took_too_much_of(start):
    """Hits from a row of 1,000 on: peels leave 617 or 636 on, pastes of 1 % of some 400 rows the start to 4 rows."""
    inputs = np.arange(1000.0)[:, None]

    (box,) = discover_boxes(inputs, inputs[:, 0] >= start, names=["x"])

    assert box.restrictions[0].low == pytest.approx(start, abs=4)


def test_the_peeling_leads_from_all_rows_to_a_small_box():
    """The first stage is everything; each holds less; none below the least mass."""
    _, inputs, inside = table(2)

    (box,) = discover_boxes(inputs, inside, names=NAMES, least_mass=0.1)

    masses = [each.mass for each in box.peeling]
    assert box.peeling[0].coverage == masses[0] == 1
    assert box.peeling[0].density == inside.mean()
    assert masses == sorted(masses, reverse=True)
    assert masses[-1] >= 0.1


def test_the_order_of_rows_does_not_matter():
    """The same rows the other way round: the same boxes."""
    generator, inputs, inside = table(3, rows=400)
    outcome = generator.random(400) < np.where(inside, 0.9, 0.1)

    assert discover_boxes(inputs[::-1], outcome[::-1], names=NAMES) == discover_boxes(inputs, outcome, names=NAMES)


@pytest.mark.parametrize(
    ("inputs", "outcome", "told"),
    [
        (np.zeros((3, 2)), np.array([True, False, True]), "wanted 3 rows of 1"),
        (np.zeros((2, 1)), np.array([True, False, True]), "wanted 3 rows of 1"),
        (np.zeros(3), np.array([True, False, True]), "wanted 3 rows of 1"),
        (np.array([[1.0], [np.inf], [2.0]]), np.array([True, False, True]), "no finite number"),
        (np.zeros((3, 1)), np.array([True, True, True]), "wanted some of both"),
        (np.zeros((3, 1)), np.array([False, False, False]), "wanted some of both"),
    ],
)
def test_tables_that_do_not_fit_are_refused(inputs, outcome, told):
    """Wrong shapes, infinite inputs, an outcome without a difference."""
    with pytest.raises(ValueError, match=told):
        discover_boxes(inputs, outcome, names=["x"])
