"""What the rows of an answer must be to each other, where no row can be judged by itself.

Here: sums, odds and references that must agree, as measures: how far each row is from agreeing, and how far is far. Not
here: the verdict (`expectations.marts`), what one row must be (the contracts and `expectations.suites`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from transforms.gate.measures import MEASURED_SCHEMA, Measured

SUM_TOLERANCE = 1e-9
"""How far sums of fractions and of nats may be from what they must be: rounding of some hundred additions."""

Frames = Mapping[str, pl.DataFrame]
"""Full table name -> the answer's rows there, with `row_id`."""

PHASE_PROBABILITIES = tuple(f"probability_{phase}" for phase in range(1, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One thing that the rows of a table must agree in."""

    check_name: str
    table: str
    take: Callable[[Frames], pl.DataFrame]
    """frames -> row_id, value (how far off, 0 is exact), said."""
    limit: float = 0.0


def take_agreements(table: str, frames: Frames) -> Measured:
    """Return how far each row of a table is from agreeing with the rest of the answer.

    Args:
        table: full name of a table in `frames`.
        frames: all of the answer, in the contracts' columns and with `row_id`.
    """
    parts, broken = [MEASURED_SCHEMA.to_frame()], {}
    for agreement in (a for a in AGREEMENTS if a.table == table):
        try:
            found = agreement.take(frames).select(
                "row_id",
                check_name=pl.lit(agreement.check_name),
                # A sum with NaN in it is NaN, and to the library that is a missing value: as far off as can be.
                value=pl.col("value").cast(pl.Float64).fill_nan(math.inf).fill_null(math.inf),
                limit=pl.lit(agreement.limit),
                said=pl.col("said").cast(pl.String),
            )
            parts.append(found.match_to_schema(MEASURED_SCHEMA))
        except Exception as error:  # noqa: BLE001 - whatever it is, it stops the answer and not the run
            broken[agreement.check_name] = str(error).strip() or type(error).__name__
    return Measured(numbers=pl.concat(parts), broken=broken)


def sums_to_one(table: str, column: str, per: tuple[str, ...], *, where: pl.Expr | None = None) -> Agreement:
    """A column sums to one in each group in which it is stated at all, and then all of the group state it.

    Args:
        table: full name.
        column: fractions.
        per: columns of a group.
        where: rows it is about; of those some may state none.
    """

    def take(frames: Frames) -> pl.DataFrame:
        rows = frames[table] if where is None else frames[table].filter(where)
        given = pl.col(column).is_not_null()
        total = pl.col(column).sum().over(per)
        is_mixed = given.any().over(per) & ~given.all().over(per) if where is None else pl.lit(value=False)
        off = pl.when(is_mixed).then(1.0).when(given.any().over(per)).then((total - 1).abs()).otherwise(0.0)
        return rows.select("row_id", value=off, said=pl.format(f"{column} sums to {{}} over {', '.join(per)}", total))

    return Agreement(check_name=f"{column}.sums_to_one", table=table, take=take, limit=SUM_TOLERANCE)


def value_or_reason(table: str, column: str, reason: str = "null_reason") -> Agreement:
    """A row has a value, or the reason why it has none, and never both."""

    def take(frames: Frames) -> pl.DataFrame:
        is_odd = pl.col(column).is_null() == pl.col(reason).is_null()
        return frames[table].select("row_id", value=is_odd, said=pl.lit(f"{column} and {reason} contradict each other"))

    return Agreement(check_name=f"{column}.or_{reason}", table=table, take=take)


def said_by(table: str, flag: str, column: str, *, is_given: bool = True) -> Agreement:
    """A flag says of another column whether it is given."""

    def take(frames: Frames) -> pl.DataFrame:
        said = pl.format(
            f"{flag} is {{}} and {column} is {{}}", flag, pl.col(column).cast(pl.String).fill_null("empty")
        )
        return frames[table].select(
            "row_id", value=pl.col(flag) != (pl.col(column).is_not_null() == pl.lit(is_given)), said=said
        )

    return Agreement(check_name=f"{flag}.agrees_with.{column}", table=table, take=take)


def has_parent(table: str, parent: str, on: tuple[str, ...]) -> Agreement:
    """Every row belongs to a row of another table of the answer."""

    def take(frames: Frames) -> pl.DataFrame:
        known = frames[parent].select(on).unique().with_columns(is_known=pl.lit(value=True))
        rows = frames[table].join(known, on=on, how="left", maintain_order="left")
        said = pl.lit(f"no row of {parent} has its {', '.join(on)}")
        return rows.select("row_id", value=pl.col("is_known").is_null(), said=said)

    return Agreement(check_name=f"{on[-1]}.in.{parent}", table=table, take=take)


def _phase_probabilities(frames: Frames) -> pl.DataFrame:
    names = list(PHASE_PROBABILITIES)
    total, missing = pl.sum_horizontal(names), pl.sum_horizontal(pl.col(names).is_null())
    off = pl.when(missing == len(names)).then(0.0).when(missing > 0).then(1.0).otherwise((total - 1).abs())
    said = pl.format("the probabilities of its phases sum to {}, {} of them missing", total, missing)
    return frames["marts.phase_assessments"].select("row_id", value=off, said=said)


def _explained(frames: Frames) -> pl.DataFrame:
    runs = frames["marts.scenario_runs"].select("run_id", "abstained_because")
    rows = frames["marts.scenario_bands"].join(runs, on="run_id", how="left", maintain_order="left")
    is_odd = pl.col("probability").is_null() != pl.col("abstained_because").is_not_null()
    said = pl.lit("probabilities are missing without a reason, or stated beside one")
    return rows.select("row_id", value=is_odd, said=said)


def _totals(frames: Frames) -> pl.DataFrame:
    """Return, per run and scenario, the log-odds that its evidence adds up to, and the prior's probability."""
    nats, is_prior = pl.col("contribution_nats"), pl.col("family") == "prior"
    found = frames["marts.scenario_evidence"].group_by("run_id", "scenario")
    totals = found.agg(total=nats.sum(), prior=nats.filter(is_prior).sum())
    odds = pl.col("prior").exp()
    return totals.with_columns(prior=odds / odds.sum().over("run_id"))


def _log_odds(frames: Frames) -> pl.DataFrame:
    """Probabilities are the softmax of what the evidence adds up to: what one has beyond it, every other has too."""
    rows = frames["marts.scenario_bands"].join(
        _totals(frames), on=["run_id", "scenario"], how="left", maintain_order="left"
    )
    beyond = pl.col("probability").log() - pl.col("total")
    off = (beyond.max() - beyond.min()).over("run_id")
    is_lacking = (pl.col("total").is_null() & pl.col("probability").is_not_null()).any().over("run_id")
    value = pl.when(pl.col("probability").is_null()).then(0.0).when(is_lacking).then(math.inf).otherwise(off)
    return rows.select("row_id", value=value, said=pl.format("contributions miss the log-odds by {} nats", value))


def _shapley(frames: Frames) -> pl.DataFrame:
    bands = frames["marts.scenario_bands"].select("run_id", "scenario", "probability")
    scenario = ["run_id", "scenario"]
    moved = bands.join(_totals(frames), on=scenario, how="left").with_columns(
        moved=pl.col("probability") - pl.col("prior")
    )
    rows = frames["marts.scenario_moves"].join(moved, on=scenario, how="left", maintain_order="left")
    off = (pl.col("shapley_frac").sum().over(scenario) - pl.col("moved")).abs()
    return rows.select("row_id", value=off, said=pl.format("its parts miss the move from the prior by {}", off))


RUN_AND_SCENARIO = ("run_id", "scenario")
AGREEMENTS = (
    value_or_reason("marts.segment_metrics", "value"),
    said_by("marts.segment_metrics", "is_stale", "held_because"),
    Agreement(
        check_name="probabilities.sum_to_one",
        table="marts.phase_assessments",
        take=_phase_probabilities,
        limit=SUM_TOLERANCE,
    ),
    said_by("marts.phase_assessments", "is_abstained", "phase", is_given=False),
    said_by("marts.phase_assessments", "is_stale", "held_because"),
    has_parent("marts.phase_features", "marts.phase_assessments", ("run_id", "company", "segment")),
    value_or_reason("marts.phase_features", "value"),
    value_or_reason("marts.player_influence", "share_frac"),
    sums_to_one(
        "marts.player_influence", "share_frac", ("wave", "indicator"), where=pl.col("indicator") != pl.lit("index")
    ),
    said_by("marts.player_influence", "is_stale", "held_because"),
    said_by("marts.scenario_runs", "is_stale", "held_because"),
    value_or_reason("marts.scenario_runs", "market_state", "market_state_null_reason"),
    has_parent("marts.scenario_bands", "marts.scenario_runs", ("run_id",)),
    sums_to_one("marts.scenario_bands", "probability", ("run_id",)),
    Agreement(check_name="probability.explained", table="marts.scenario_bands", take=_explained),
    Agreement(check_name="probability.adds_up", table="marts.scenario_bands", take=_log_odds, limit=SUM_TOLERANCE),
    has_parent("marts.scenario_paths", "marts.scenario_bands", RUN_AND_SCENARIO),
    has_parent("marts.scenario_evidence", "marts.scenario_bands", RUN_AND_SCENARIO),
    has_parent("marts.scenario_moves", "marts.scenario_bands", RUN_AND_SCENARIO),
    Agreement(check_name="shapley_frac.adds_up", table="marts.scenario_moves", take=_shapley, limit=SUM_TOLERANCE),
    *(
        sums_to_one("marts.forecasts", column, ("forecast_id",))
        for column in ("probability", "climatology", "persistence")
    ),
)
"""By table in the order they are told."""
