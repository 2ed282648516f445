"""What was sought and found: the values looked at, and the answer in a sentence."""

from __future__ import annotations

from posture.study.goals import Solution
from posture.view.tables import Table, percent


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
