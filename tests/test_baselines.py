"""Baselines: each rule by hand, and what holds of all of them whatever is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture.study.baselines import BASELINES, SIMPLE, Asked, Known, foretell_milestone, foretell_strength
from posture.study.forecasts import REFERENCE_CLASS

START = date(2024, 1, 1)


def on(day: int) -> date:
    """Return the day so many days after the start."""
    return START + timedelta(days=day)


def known(*, as_of: int = 40, counted: tuple[tuple[int, float], ...] = ((0, 1000), (30, 900)), targets=((100, 400),)):
    """Return what is known of 1,000 persons who are to be 400 by day 100; days are counted from the start."""
    levels = [tuple((on(day), float(level)) for day, level in each) for each in (counted, targets)]
    return Known(as_of=on(as_of), start=(START, 1000.0), counted=levels[0], targets=levels[1])


def foretell(of: Known, day: int, *, baseline: str, slips: tuple[int | None, ...] = ()) -> list[float]:
    """Return the ensemble of one baseline for one day."""
    return list(foretell_strength(of, on(day), slips=slips)[baseline])


def at_most(limit: float | None, *, due: int = 100) -> Asked:
    """Ask whether so many persons are left, or fewer."""
    return Asked(on(due), limit, at_most=True)


def test_the_plan_to_the_letter_runs_from_the_start_and_looks_at_no_count():
    """1,000 to 400 on day 100 to 0 on day 200: 700 on day 50, 200 on day 150; the count of 5 is ignored."""
    plan = known(as_of=120, counted=((110, 5),), targets=((100, 400), (200, 0)))

    levels = [foretell(plan, day, baseline="plan to the letter") for day in (50, 100, 150, 200, 300)]

    assert levels == [[700], [400], [200], [0], [0]]


def test_without_a_target_all_but_the_last_rate_stand_still():
    """No target, counts of 1,000 and 900 30 days apart: the plan stays at 1,000, the rate of 100 in 30 days goes on."""
    foretold = foretell_strength(known(targets=()), on(60), slips=[0, None])

    assert {name: list(each) for name, each in foretold.items()} == {
        "plan to the letter": [1000],
        "straight line": [900],
        "no change": [900],
        "last rate": [800],
        REFERENCE_CLASS: [900, 900],
    }


def test_the_straight_line_runs_from_the_latest_count_on_the_day_of_the_forecast():
    """900 on day 40 to 400 on day 100: half of the 500 by day 70, all of it from day 100 on."""
    assert [foretell(known(), day, baseline="straight line") for day in (40, 70, 100, 150)] == [
        [900],
        [650],
        [400],
        [400],
    ]


def test_the_straight_line_bends_at_every_target_still_open():
    """900 on day 40, 400 on day 100, 0 on day 120: 200 on day 110."""
    assert foretell(known(targets=((100, 400), (120, 0))), 110, baseline="straight line") == [200]


def test_a_target_missed_is_reached_on_the_next_day():
    """700 due on day 30, 900 counted on day 40: 700 on day 41, and on to 400 by day 101: 550 on day 71."""
    missed = known(counted=((40, 900),), targets=((30, 700), (101, 400)))

    assert [foretell(missed, day, baseline="straight line") for day in (40, 41, 71)] == [[900], [700], [550]]


def test_a_target_reached_draws_nobody_back():
    """900 counted, 950 due by day 60, 400 by day 100: straight from 900 to 400, 650 on day 70."""
    assert foretell(known(targets=((60, 950), (100, 400))), 70, baseline="straight line") == [650]


def test_no_change_is_the_start_before_anything_was_counted():
    """Nothing counted: 1,000, which no rate changes either."""
    uncounted = known(counted=())

    assert foretell(uncounted, 70, baseline="no change") == [1000]
    assert foretell(uncounted, 70, baseline="last rate") == [1000]


def test_the_last_rate_skips_counts_too_near_to_each_other():
    """850 on day 40, 900 on day 30 (10 days before), 910 on day 26 (14 days): 60 in 14 days, so 790 on day 54."""
    near = known(counted=((0, 1000), (26, 910), (30, 900), (40, 850)))

    assert foretell(near, 54, baseline="last rate") == [pytest.approx(790)]


def test_a_single_count_has_no_rate():
    """The start of 1,000 is no count: 900 on day 30 stays."""
    assert foretell(known(counted=((30, 900),)), 70, baseline="last rate") == [900]


@pytest.mark.parametrize(
    ("counted", "targets", "expected"),
    [
        pytest.param(((0, 1000), (30, 900)), ((100, 400),), 400, id="the lowest target"),
        pytest.param(((0, 1000), (30, 900)), (), 0, id="nobody"),
        pytest.param(((0, 1000), (30, 300)), ((100, 400),), 300, id="below the lowest target already"),
        pytest.param(((0, 1200), (10, 800), (30, 900)), ((100, 400),), 1200, id="the most that was counted"),
        pytest.param(((10, 800), (30, 900)), ((100, 400),), 1000, id="the start"),
        pytest.param(((10, 800), (30, 900)), ((100, 1500),), 1500, id="the highest target"),
    ],
)
def test_the_last_rate_ends_at(counted, targets, expected):
    """3 to 23 persons a day, down or up, lead far beyond it in 1,000 days."""
    assert foretell(known(counted=counted, targets=targets), 1000, baseline="last rate") == [expected]


def test_the_reference_class_moves_the_target_by_every_slip():
    """Of day 100, 900 on day 40: a slip of -20 means 400 by day 80, of 0 by 100, of 60 by 160, never: 900.

    On day 70 that is 900 less 500 * 30/40, 30/60 and 30/120.
    """
    members = foretell(known(), 70, baseline=REFERENCE_CLASS, slips=(-20, 0, 60, None))

    assert members == [525, 650, 775, 900]


def test_slips_that_the_day_has_ruled_out_are_no_members():
    """On day 40 what is due on day 100 is not reached: slips of -60 and less are out, -59 means tomorrow, day 41."""
    members = foretell(known(), 41, baseline=REFERENCE_CLASS, slips=(-80, -60, -59, None))

    assert members == [400, 900]


def test_an_overdue_target_is_expected_later_than_the_slips_ruled_out():
    """Due on day 30, not reached on day 40: slips up to 10 are out; 60 means day 90, halfway (650) on day 65."""
    overdue = known(targets=((30, 400),))

    assert foretell(overdue, 65, baseline=REFERENCE_CLASS, slips=(-7, 0, 10, 60, None)) == [650, 900]


@pytest.mark.parametrize("slips", [(), (-7, 0, 10)])
def test_a_class_with_nothing_to_go_by_foretells_no_change(slips):
    """Due on day 30, not reached on day 40: of slips of at most 10 days none is left."""
    assert foretell(known(targets=((30, 400),)), 65, baseline=REFERENCE_CLASS, slips=slips) == [900]


def test_a_milestone_is_judged_on_each_line():
    """400 by day 100; at the rate of 100 in 30 days from 900 on day 30 it is 667, so that only the plan meets it."""
    chances = foretell_milestone(known(), at_most(400), slips=[])

    assert {name: chances[name] for name in SIMPLE} == {
        "plan to the letter": 1,
        "straight line": 1,
        "no change": 0,
        "last rate": 0,
    }


def test_the_last_rate_meets_a_limit_that_it_reaches_in_time():
    """667 on day 100: at most 667 is met (666.7), at most 666 is not."""
    chances = [foretell_milestone(known(), at_most(limit), slips=[])["last rate"] for limit in (667, 666)]

    assert chances == [1, 0]


@pytest.mark.parametrize(
    ("as_of", "share"),
    [
        pytest.param(40, 3.5 / 6, id="all five possible, three in time"),
        pytest.param(80, 2.5 / 5, id="30 days early is ruled out"),
        pytest.param(95, 1.5 / 4, id="7 days early too"),
        pytest.param(100, 0.5 / 3, id="not met on the day itself"),
    ],
)
def test_the_reference_class_counts_slips_still_possible(as_of, share):
    """Slips of -30, -7, 0, 16 and never; due on day 100 and not met k days before: those of at most -k are out."""
    slips = [-30, -7, 0, 16, None]

    assert foretell_milestone(known(as_of=as_of), at_most(400), slips=slips)[REFERENCE_CLASS] == pytest.approx(share)


def test_no_class_at_all_is_even_odds():
    """0 of 0: half, the mean of Jeffreys' prior."""
    assert foretell_milestone(known(), at_most(400), slips=[])[REFERENCE_CLASS] == 0.5


def test_an_upper_limit_already_kept_is_kept_by_every_member():
    """900 counted, at most 950 asked: whatever the slips nobody comes back, 2 of 2 and so 2.5 / 3."""
    chances = foretell_milestone(known(), at_most(950), slips=[16, None])

    assert chances == {**dict.fromkeys(SIMPLE, 1), REFERENCE_CLASS: pytest.approx(2.5 / 3)}


def test_a_lower_limit_is_met_by_those_who_stay():
    """At least 500 on day 100 of 900 who are to be 400 by then: held by the last rate (667), no change, two slips.

    Slips of 0 and 60: 400 and 900 - 500 * 60/120 = 650; never: 900. Two of three, and so 2.5 / 4.
    """
    asked = Asked(on(100), 500, at_most=False)

    assert foretell_milestone(known(), asked, slips=[0, 60, None]) == {
        "plan to the letter": 0,
        "straight line": 0,
        "no change": 1,
        "last rate": 1,
        REFERENCE_CLASS: 2.5 / 4,
    }


def test_what_has_no_strength_is_met_by_those_that_follow_the_plan():
    """A phase done by day 100; slips of -70, 5 and never: one of three in time, and so 1.5 / 4."""
    chances = foretell_milestone(None, at_most(None), slips=[-70, 5, None])

    assert chances == {
        "plan to the letter": 1,
        "straight line": 1,
        "no change": 0,
        "last rate": 0,
        REFERENCE_CLASS: 1.5 / 4,
    }


def test_what_has_no_strength_rules_out_slips_where_the_day_is_known():
    """60 days before it is due, 70 days early is ruled out: none of two in time, and so 0.5 / 3."""
    chances = foretell_milestone(known(), at_most(None), slips=[-70, 5, None])

    assert chances[REFERENCE_CLASS] == pytest.approx(0.5 / 3)


DAYS = st.integers(0, 400)
LEVELS = st.lists(st.tuples(DAYS, st.integers(0, 5000)), max_size=5, unique_by=lambda each: each[0]).map(sorted)
SLIPS = st.lists(st.none() | st.integers(-400, 400), max_size=5)


@st.composite
def known_things(draw: st.DrawFn) -> Known:
    """Draw counts up to a day and targets on any day."""
    as_of = draw(DAYS)
    counted = tuple(each for each in draw(LEVELS) if each[0] <= as_of)
    return known(as_of=as_of, counted=counted, targets=tuple(draw(LEVELS)))


@given(known_things(), DAYS, SLIPS)
def test_every_baseline_foretells_between_the_least_and_the_most_that_is_known(of, ahead, slips):
    """No member is negative or above every count, target and the start; each baseline has one, the class up to all."""
    foretold = foretell_strength(of, of.as_of + timedelta(days=ahead), slips=slips)
    most = max(level for _, level in (of.start, *of.counted, *of.targets))

    assert tuple(foretold) == BASELINES
    assert all(((each >= 0) & (each <= most)).all() for each in foretold.values())
    assert [foretold[name].shape for name in SIMPLE] == [(1,)] * len(SIMPLE)
    assert 1 <= len(foretold[REFERENCE_CLASS]) <= max(1, len(slips))


@given(known_things())
def test_the_plan_to_the_letter_hits_each_target_on_its_date(of):
    """Met or missed, passed or to come; a target on the day of the start is where the plan starts."""
    foretold = [foretell_strength(of, day, slips=[])["plan to the letter"][0] for day, _ in of.targets]

    assert foretold == [level for _, level in of.targets]


@given(known_things(), SLIPS)
def test_every_line_but_the_plan_passes_through_the_latest_count_on_the_day(of, slips):
    """On the day of the forecast nothing has changed yet; only the last rate has moved on since the latest count."""
    foretold = foretell_strength(of, of.as_of, slips=slips)

    assert {*foretold["straight line"], *foretold["no change"], *foretold[REFERENCE_CLASS]} == {of.latest[1]}


@given(known_things())
def test_the_straight_line_is_the_reference_class_of_punctual_cases(of):
    """One slip of 0: the straight line, unless a target is overdue, which rules it out and leaves no change."""
    day = of.as_of + timedelta(days=17)
    foretold = foretell_strength(of, day, slips=[0])
    overdue = any(due <= of.as_of for due, _ in of.open_targets)
    expected = foretold["no change"] if overdue else foretold["straight line"]

    assert list(foretold[REFERENCE_CLASS]) == list(expected)


@given(known_things(), DAYS, st.integers(0, 5000), st.booleans(), SLIPS)
def test_chances_are_chances_and_only_the_class_is_unsure(of, ahead, limit, upper, slips):
    """0 or 1 from the simple ones, strictly between from the class."""
    chances = foretell_milestone(of, Asked(of.as_of + timedelta(days=ahead), limit, at_most=upper), slips=slips)

    assert all(chances[name] in (0, 1) for name in SIMPLE)
    assert 0 < chances[REFERENCE_CLASS] < 1


@given(st.integers(30, 99), SLIPS)
def test_the_share_in_time_is_that_of_the_members_there_on_the_date(as_of, slips):
    """400 due on day 100: the lines that have come down to 400 are those of the slips of at most 0."""
    asked, of = at_most(400), known(as_of=as_of)
    members = foretell_strength(of, asked.due, slips=[*slips, None])[REFERENCE_CLASS]

    chance = foretell_milestone(of, asked, slips=[*slips, None])[REFERENCE_CLASS]

    assert chance == (sum(members <= 400) + 0.5) / (len(members) + 1)
