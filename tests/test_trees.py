"""Trees: splits where an outcome goes with an input, by enumeration against scipy, and none where it does not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from posture.study.trees import LEVEL, Cut, grow_tree

NAMES = ["a", "b", "c"]


def uniform(seed: int, *, rows: int = 1000) -> tuple[np.random.Generator, np.ndarray]:
    """Return a generator and three uniform inputs."""
    generator = np.random.default_rng(seed)
    return generator, generator.random((rows, 3))


def test_a_threshold_is_found_to_the_nearest_twentieth():
    """Hits above 0.6 of b alone, which is its twelfth twentieth: within 0.05 of it, and nothing else is split."""
    _, inputs = uniform(1)

    tree = grow_tree(inputs, inputs[:, 1] > 0.6, names=NAMES)

    below, above = tree.leaves[0], tree.leaves[-1]
    assert [name for name, _ in tree.gains] == ["b"]
    assert below.cuts[0] == Cut("b", pytest.approx(0.6, abs=0.05), above=False)
    assert (below.hits, above.hits) == (0, above.rows)


def test_of_values_on_a_twentieth_all_impurity_goes():
    """A whole number from 1 to 6, hits from 4 on: one split, between 3 and 4, takes everything away."""
    inputs = np.repeat(np.arange(1.0, 7.0), 20)[:, None]

    tree = grow_tree(inputs, inputs[:, 0] >= 4, names=["die"])

    assert [(each.cuts, each.rows, each.hits) for each in tree.leaves] == [
        ((Cut("die", 3.0, above=False),), 60, 0),
        ((Cut("die", 3.0, above=True),), 60, 60),
    ]
    assert tree.gains == (("die", pytest.approx(1.0)),)


@pytest.mark.parametrize("second", range(8, 33))
def test_a_split_is_made_where_the_chi_square_of_its_table_says_so(second):
    """Twenty of fifty against 8 to 32 of fifty, one split to try: made if and only if p is at most 0.01, as scipy's."""
    inputs = np.repeat([0.0, 1.0], 50)[:, None]
    outcome = np.array([True] * 20 + [False] * 30 + [True] * second + [False] * (50 - second))
    p = chi2_contingency([[20, 30], [second, 50 - second]], correction=False).pvalue

    assert (len(grow_tree(inputs, outcome, names=["a"]).leaves) == 2) == (p <= LEVEL)


def test_chance_is_not_split():
    """Each tree splits with a chance of 0.01 at most: of 30 on noise 4 or more do with one of 2e-4."""
    split = 0
    for seed in range(30):
        generator, inputs = uniform(seed, rows=300)
        split += len(grow_tree(inputs, generator.random(300) < 0.4, names=NAMES).leaves) > 1

    assert split <= 3


def test_inputs_that_act_together_are_split_one_below_the_other():
    """Hits where a and c are both above 0.5: a leaf of both cuts holds them all, to a twentieth on either edge."""
    _, inputs = uniform(2)
    outcome = (inputs[:, 0] > 0.5) & (inputs[:, 2] > 0.5)

    tree = grow_tree(inputs, outcome, names=NAMES)

    densest = tree.leaves[-1]
    assert {each.input for each in densest.cuts} == {"a", "c"}
    assert densest.hits >= 0.8 * outcome.sum()
    assert sum(each.rows for each in tree.leaves) == 1000
    assert densest.holds(inputs, names=NAMES).sum() == densest.rows


def test_an_outcome_that_is_always_the_same_has_one_leaf():
    """Nothing to split: no impurity."""
    _, inputs = uniform(1, rows=50)

    tree = grow_tree(inputs, np.ones(50, dtype=bool), names=NAMES)

    assert [(each.cuts, each.rows, each.hits) for each in tree.leaves] == [((), 50, 50)]
    assert tree.gains == ()
