"""What was sought and found: the values looked at, and the answer in a sentence."""

from __future__ import annotations

from posture.study.goals import Solution
from posture.study.knobs import KnobSolution
from posture.view.tables import Table, percent

MOST_TRIALS = 10
"""Settings that a table of several factors shows: the cheapest that reach the goal, then those that do not."""


def goal_table(solution: Solution) -> Table:
    """Return the table of every value that was looked at, in the order of the range."""
    rows = tuple((f"{each.setting}", *percent(each.met)) for each in solution.evaluations)
    notes = ("P(met) with its 95 % Wilson interval, every value under the same draws.",)
    return Table((solution.factor.path, "P(met)", "95 % interval"), rows, (True, True, True), notes)


def goal_rows(solution: Solution) -> list[dict[str, object]]:
    """Return the values looked at as plain values, for JSON and CSV, each with the answer it led to."""
    answer = {"answer": solution.answer, "answer_low": solution.low, "answer_high": solution.high}
    return [
        {
            solution.factor.path: each.setting,
            "p_met": each.met.estimate,
            "p_met_low": each.met.low,
            "p_met_high": each.met.high,
            **answer,
            "reached": solution.reached,
            "monotone": solution.monotone,
        }
        for each in solution.evaluations
    ]


def goal_sentence(solution: Solution) -> str:
    """Return the answer in words, with what to beware of."""
    goal = f"P({solution.goal.milestone}) of {solution.goal.share:.0%}"
    beware = (
        "" if solution.monotone else " Beware: it does not rise or fall throughout, so other values may do as well."
    )
    if solution.reached == "everywhere":
        return f"Every value in the range reaches {goal}.{beware}"
    if solution.answer is None:
        some = "only away from the better end" if solution.reached == "in part" else "nowhere"
        return f"{goal} is reached {some} in the range.{beware}"
    ends = [f"{each}" if each is not None else "beyond the range" for each in (solution.low, solution.high)]
    return f"The {solution.seeks} value that reaches {goal} is {solution.answer} ({ends[0]} to {ends[1]}).{beware}"


def knob_table(solution: KnobSolution) -> Table:
    """Return the table of the cheapest settings that reach a goal, or of those that come nearest where none does."""
    paths = [each.path for each in solution.factors]
    rows = tuple(
        (*(f"{each.setting[path]}" for path in paths), f"{each.cost:.2f}", *percent(each.met))
        for each in solution.trials[:MOST_TRIALS]
    )
    worse = ", ".join(f"{path} {end}" for path, end in zip(paths, solution.worse, strict=True))
    notes = (
        f"Cost: the share of each range used, from its worse end ({worse}), times its weight.",
        "P(met) with its 95 % Wilson interval, every setting under the same draws.",
    )
    return Table((*paths, "cost", "P(met)", "95 % interval"), rows, (True,) * (len(paths) + 3), notes)


def knob_rows(solution: KnobSolution) -> list[dict[str, object]]:
    """Return every setting that was looked at as plain values, the cheapest that reach the goal first."""
    fresh = None if solution.fresh is None else solution.fresh.estimate
    return [
        {
            **each.setting,
            "cost": each.cost,
            "p_met": each.met.estimate,
            "p_met_low": each.met.low,
            "p_met_high": each.met.high,
            "reached": each.met.estimate >= solution.goal.share,
            "is_best": each is solution.best,
            "fresh_p_met": fresh if each is solution.best else None,
        }
        for each in solution.trials
    ]


def knob_sentence(solution: KnobSolution) -> str:
    """Return the answer in words, with what to beware of."""
    goal, looked = f"P({solution.goal.milestone}) of {solution.goal.share:.0%}", f"{len(solution.trials):,} settings"
    if solution.best is None or solution.fresh is None:
        return f"{goal} is reached by none of {looked}."
    settings = ", ".join(f"{path}={value}" for path, value in solution.best.setting.items())
    fresh, interval = percent(solution.fresh)
    beware = "" if solution.fresh.low >= solution.goal.share else " Beware: there the goal is not sure to be reached."
    return (
        f"Of {looked} the cheapest that reaches {goal} is {settings}, cost {solution.best.cost:.2f}. In replications "
        f"that the search never saw P(met) is {fresh} ({interval}).{beware}"
    )
