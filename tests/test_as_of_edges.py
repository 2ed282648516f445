"""Runs as of a day, where they were once wrong: percents, milestones that are settled, revisions laid over twice."""

from __future__ import annotations

from datetime import date

import pytest
from click.testing import CliRunner

import posture
from posture.cli import cli
from posture.errors import ScenarioError
from posture.model.milestones import answer_all
from posture.study.comparisons import run_comparison
from posture.study.estimates import daily_strength
from posture.study.runs import run_scenario
from posture.study.waterfalls import run_waterfall
from posture.view.explanation import explain

DRAWDOWN = "phases.exit.drawdowns.alpha-home"
LATER = {
    "milestones.later": {"by": "2030-02-01", "strength": {"at": "northport", "at_most": 0}, "judgement": "invented"}
}


def as_of(day: str, **strength: object) -> dict[str, object]:
    """Return the section: persons counted at each location."""
    return {"as_of": {"day": day, "strength": {each: {"at": each, "persons": strength[each]} for each in strength}}}


def sizes(outcome) -> list[int]:
    """Return the sizes of all serials of the drawdown `zwei.z`."""
    index = next(i for i, each in enumerate(outcome.plan.queues) if each.name.startswith("zwei.z"))
    return [each.size for each in (*outcome.queues[index].gone, *outcome.queues[index].waiting)]


def test_a_phase_planned_before_the_day_is_told_as_planned(scenario):
    """Planned for 1 January, as of the 4th: nothing was rescheduled."""
    run = run_scenario(scenario(as_of("2030-01-04", northport=90)), replications=1)

    assert "exit started (as planned)" in explain(run, 0)
    assert "rescheduled" not in explain(run, 0)


def test_who_left_in_the_minute_the_run_began_was_not_moved_away(outcome):
    """Of 50 above the level all go to hilltop at once: 70 stand there, 30 short of 100, and no event moved anybody."""
    done = outcome(
        {
            "locations.hilltop": {"country": "Northland"},
            f"{DRAWDOWN}.to": {"home": None, "hilltop": {}},
            "milestones.all-out.by": "2030-02-01",
            "milestones.full": {
                "by": "2030-01-20",
                "strength": {"at": "hilltop", "at_least": 100},
                "judgement": "invented",
            },
        }
        | as_of("2030-01-15", northport=50, hilltop=20)
    )

    assert [(each.persons_over, each.bound_by) for each in answer_all(done)][1] == (-30, "plan")


TWO_PHASES = {
    "locations.hilltop": {"country": "Northland"},
    f"{DRAWDOWN}.to": {"home": None, "hilltop": {}},
    f"{DRAWDOWN}.schedule": {"2030-01-09": 90},
    "phases.zwei": {
        "starts": "2030-01-01",
        "judgement": "invented",
        "drawdowns": {"z": {"of": "alpha", "at": "northport", "schedule": {"2030-03-01": "50%"}, "to": "home"}},
    },
}


def test_a_start_drawn_before_the_run_counts_percent_at_the_first_count_like_any_other(outcome):
    """90 of 180 are in serials of another phase: half of the other 90 leave, whenever before the start it began."""
    early = {"phases.zwei.starts": {"uniform": ["2029-12-01", "2030-01-01"]}}

    assert sizes(outcome(TWO_PHASES)) == [45]
    assert sizes(outcome(TWO_PHASES | early)) == [45]


def test_a_phase_that_waits_for_its_gate_counts_percent_when_it_starts(outcome):
    """100 counted on the 4th; the gate passes on the 10th: half of those found then leave."""
    gate = {"review_every_days": 5, "passes": 1, "first_review": "2030-01-10"}
    done = outcome(
        as_of("2030-01-04", northport=100)
        | {"phases.exit.gate": gate, f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-01-30": "50%"}}
    )

    assert [each.size for each in done.queues[0].gone] == [50]


def test_the_line_of_a_percentage_is_of_the_same_people_as_its_level(outcome):
    """Hilltop has 20 at the start and 160 come by the 10th: half of 20 stay, by the line of the plan and in the run."""
    done = outcome(
        TWO_PHASES
        | {
            "contingents.alpha.at": {"northport": 8, "hilltop": 1},
            f"{DRAWDOWN}.schedule": {"2030-01-09": None, "2030-01-10": 0},
            "phases.zwei.starts": "2030-01-05",
            "phases.zwei.drawdowns.z.at": "hilltop",
        }
        | as_of("2030-04-01")
    )

    assert done.strength([done.plan.cell(0, 0)])[1] == [10]
    assert sizes(done) == []


@pytest.mark.parametrize(
    "command",
    [
        ["run", "FILE", "-n", "4", "--out", "OUT", "--require", "all-out>=0.5"],
        ["why", "RUN", "--milestone", "all-out"],
        ["sensitivity", "FILE", "--milestone", "all-out", "--points", "8", "-n", "2"],
        ["solve", "FILE", "--vary", "lift.trucks.slots=1:5", "--goal", "all-out>=0.9", "-n", "4"],
        ["compare", "PLAIN", "FILE", "--waterfall", "all-out", "-n", "4"],
    ],
    ids=lambda each: each[0],
)
def test_a_milestone_that_is_left_out_is_told_by_every_command(scenario, tmp_path, command):
    """Due on the 9th, as of the 15th: exit 2 and the milestone's name, whoever asks for it; no traceback."""
    files = {"PLAIN": tmp_path / "plain.yaml", "FILE": tmp_path / "late.yaml"}
    for name, settings in (("PLAIN", LATER), ("FILE", LATER | as_of("2030-01-15", northport=90))):
        files[name].write_text(scenario(settings).canonical_json())
    made = run_scenario(posture.load(files["FILE"]), replications=4)
    posture.write_run(made, tmp_path / "run", command=["test"])
    words = {**files, "RUN": tmp_path / "run", "OUT": tmp_path / "out"}
    result = CliRunner().invoke(cli, [str(words.get(each, each)) for each in command])

    assert result.exit_code == 2
    assert "found no milestone 'all-out'" in result.output
    assert not (tmp_path / "out").exists()


def test_a_waterfall_of_a_milestone_that_only_the_base_asks_is_refused(scenario):
    """Due on the 9th, as of the 15th: there is nothing to take apart."""
    with pytest.raises(ValueError, match="found no milestone 'all-out'"):
        run_waterfall(scenario(LATER), {"day": as_of("2030-01-15", northport=90)}, milestone="all-out", replications=4)


def test_what_was_achieved_before_a_day_is_no_earlier_than_what_is_so_on_it(scenario):
    """All out on the 8th in the plain run; as of the 15th nobody was there: neither is known to be earlier."""
    both = {"plain": scenario(LATER), "later": scenario(LATER | as_of("2030-01-15", northport=0))}
    (pair,) = run_comparison(both, replications=4).estimates

    assert pair.order.same.estimate == 1
    assert pair.lateness.days == (0, 0, 0)


REVISED = """
sources: {PRESS: {title: A count, publisher: A paper, date: 2030-01-03}}
revisions:
  sooner: {announced: 2030-01-03, judgement: invented, set: {PATH: {2030-01-07: 0, 2030-01-09: null}}}
  later: {announced: 2030-01-06, judgement: invented, set: {PATH: {2030-01-20: 0, 2030-01-07: null}}}
observed:
  strength: {alpha: {file: alpha.csv, of: alpha}}
""".replace("PATH", f"{DRAWDOWN}.schedule")


@pytest.fixture
def revised(tmp_path):
    """Load the smallest scenario with two revisions and one count, on 5 January, and more below it."""
    from conftest import SMALLEST

    def build(more: str = ""):
        (tmp_path / "s.yaml").write_text(SMALLEST + REVISED + more)
        (tmp_path / "alpha.csv").write_text("date,actual,low,high,source\n2030-01-05,50,,,PRESS\n")
        return posture.load(tmp_path / "s.yaml")

    return build


def deadlines(scenario) -> list[str]:
    """Return the dates of the schedule."""
    return [each.isoformat() for each in scenario.parts.phases["exit"].drawdowns["alpha-home"].schedule]


def test_a_file_that_states_its_day_knows_the_plan_of_that_day(revised):
    """As of the 4th: the deadline of the 7th, announced on the 3rd, and not that of the 20th."""
    assert deadlines(revised("as_of: {day: 2030-01-04}\n")) == ["2030-01-07"]


def test_revisions_are_laid_over_once_each(revised):
    """By the 4th, by the 4th again, and as of the 4th or the 10th after that: what once would say."""
    known = revised().revised(date(2030, 1, 4))

    assert deadlines(known.revised(date(2030, 1, 4))) == ["2030-01-07"]
    assert deadlines(known.as_of(date(2030, 1, 4))) == ["2030-01-07"]
    assert deadlines(known.as_of(date(2030, 1, 4)).revised(date(2030, 1, 10))) == ["2030-01-20"]


def test_a_day_before_the_one_that_is_known_is_refused(revised):
    """As of the 10th and then of the 4th: the deadline of the 20th would be known 16 days too soon."""
    with pytest.raises(ScenarioError, match="found 2030-01-04, wanted 2030-01-10 or later"):
        revised().as_of(date(2030, 1, 10)).as_of(date(2030, 1, 4))


def test_a_count_stated_without_a_date_was_made_on_the_day_it_was_stated_for(revised):
    """90 by hand as of the 4th; 50 were counted on the 5th: as of the 5th 50 stand there."""
    stated = revised(
        "as_of: {day: 2030-01-04, strength: {a-hand: {at: northport, persons: 90, judgement: invented}}}\n"
    )
    run = run_scenario(stated.as_of(date(2030, 1, 5)), replications=1)

    assert daily_strength(run)[0, 0] == 50


def test_counts_attached_by_a_name_that_is_taken_bring_their_own_selection(revised, tmp_path):
    """`alpha` is of alpha everywhere; a file of that name, at northport, says nothing of whom."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "alpha.csv").write_text("date,actual,low,high,source\n2030-01-05,50,,,PRESS\n")
    part = revised().observe(tmp_path / "other" / "alpha.csv", at=["northport"]).parts.observed.strength["alpha"]

    assert (part.of, part.at) == (None, ("northport",))


def test_a_count_of_loads_as_persons_is_refused(scenario):
    """Nobody is among 40 loads: a count of them would say nothing."""
    gear = {"contingents.gear": {"loads": 40, "at": "northport", "judgement": "invented"}, "lift.trucks.loads": 9}
    with pytest.raises(ScenarioError, match="found a selection of nobody"):
        scenario(gear | {"as_of": {"day": "2030-01-04", "strength": {"gear": {"of": "gear", "persons": 10}}}})


def test_phases_that_wait_for_each_other_are_told_of(scenario):
    """Clear hands over a place that exit empties, and exit waits for clear: neither ends, and the story does."""
    clear = {"starts": "2030-01-01", "judgement": "invented", "handovers": {"northport": {"takes_days": 1}}}
    stuck = {
        "phases.clear": clear,
        "phases.exit.after": "clear",
        "milestones.cleared": {"by": "2030-02-01", "phase": "clear", "judgement": "invented"},
    }
    run = run_scenario(scenario(stuck), replications=1)

    assert "cleared was missed" in explain(run, 0, milestone="cleared")
