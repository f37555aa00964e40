"""Receipts of projected values: where a projection starts, with the facts chosen for it, and the drivers it follows.

Here: these branches of a scenario's receipt, and what the projection could have read and did not. Not here: the
projection (`transforms.valuation`), the other branches (`flows.steps.explaining_scenarios`), printing.

The starting values are found again from the facts of the run, by the same functions; percentiles are the stored ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from aicycle.contracts import CONTRACTS
from aicycle.model.kinds import weakest
from aicycle.model.parameters import Projection
from aicycle.model.parameters.valuation import DISCOUNTED_HORIZON
from aicycle.model.provenance import status_of
from flows.steps.comparing import OUTPUT
from flows.steps.deriving import View
from flows.steps.receipt_branches import EVENTS, PRICES, other_facts
from flows.steps.stored_runs import RunKind
from transforms.facts import Facts
from transforms.parameter_paths import ConfiguredValue
from transforms.receipts import UNREAD, Node, fact_node, fact_nodes, parameter_nodes
from transforms.valuation.gathering import StartingValue, Taken, projection_path
from transforms.valuation.horizon import month_end
from transforms.valuation.projection import NO_DRIVERS, model_of
from transforms.valuation.start import NoProjection
from transforms.valuation.worth import Model, month_after_a_year

NO_DRIVER = ("cash", "units_outstanding", "usd_rate", "segments[", "scenarios[", "independent_multiples[")
"""Beginnings of what stands in `[projection]` and moves no scenario's value of its own accord: numbers that stand in
for facts (they are under the starting value that took them), other scenarios, what others used."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """What the projected values of a run's scenarios come from."""

    company: str
    projection: Projection | None
    model: Model | NoProjection
    starting: tuple[Node, ...]
    """The same for every scenario."""
    unread: Node | None


def origin_of(view: View, known: Facts, said: Mapping[str, Any], values: Mapping[str, ConfiguredValue]) -> Origin:
    """Return where the projected values of a stored run come from.

    Args:
        view: what the run was made of.
        known: its facts as of `facts_as_of`.
        said: the run's row of `marts.scenario_runs`.
        values: what stood in `config/` that it can depend on, by path.
    """
    company = said["company"]
    universe, scenario_set = view.configuration.universe, view.configuration.scenario_set(company)
    found, listing = universe.company(company), universe.primary_listing(company)
    model: Model | NoProjection = NoProjection(NO_DRIVERS)
    if scenario_set is not None and found is not None and listing is not None:
        model = model_of(
            scenario_set,
            found,
            listing,
            figures=known.reported_figures,
            fx=known.fx_rates,
            # As the run did: how a split is known is the business of who asks for it.
            actions=view.facts.corporate_actions,
            universe=universe,
            as_of=said["facts_as_of"],
        )
    taken = () if isinstance(model, NoProjection) else model.start.taken
    currency = found.reporting_currency if found else ""
    return Origin(
        company=company,
        projection=scenario_set.projection if scenario_set else None,
        model=model,
        starting=() if isinstance(model, NoProjection) else _starting_nodes(model, values, currency),
        unread=_unread_node(view, known, company, taken),
    )


def projection_node(
    origin: Origin, band: Mapping[str, Any], said: Mapping[str, Any], values: Mapping[str, Any]
) -> Node:
    """Return one scenario's projected value: P50 with P10 and P90, or why there is none.

    Args:
        origin: `origin_of` the run.
        band: the scenario's row of `marts.scenario_bands`.
        said: the run's row of `marts.scenario_runs`.
        values: what stood in `config/`, by path.
    """
    reason = said["projection_null_reason"]
    meaning = origin.projection.target_meaning.value if origin.projection else None
    day = None
    label = f"projected value: none, because {reason}"
    if not isinstance(origin.model, NoProjection):
        shown = origin.model.quarters.shown
        day = shown[-1] if meaning == DISCOUNTED_HORIZON else shown[month_after_a_year(origin.model)]
    if band["p50_usd"] is not None:
        means = (
            f"the value on {day} discounted to {said['facts_as_of']:%Y-%m-%d}"
            if meaning == DISCOUNTED_HORIZON
            else f"the value on {day}, about twelve months ahead"
        )
        label = f"projected value ({means}), P50; P10 {band['p10_usd']:.6g}, P90 {band['p90_usd']:.6g}"
    stands = None
    if origin.projection is not None and not isinstance(origin.model, NoProjection):
        stands = weakest([origin.model.start.status, status_of(origin.projection)]).value
    why = () if reason is None else (Node(kind="note", label=reason),)
    return Node(
        kind="projection",
        label=label,
        value=band["p50_usd"],
        unit="USD per unit",
        status=stands,
        more={
            "scenario": band["scenario"],
            **{name: band[name] for name in ("p10_usd", "p50_usd", "p90_usd", "closed_form_usd")},
            "target_meaning": meaning,
            "target_day": day,
            "null_reason": reason,
        },
        children=(*why, *origin.starting, *_driver_nodes(origin, band["scenario"], values)),
    )


def _driver_nodes(origin: Origin, scenario: str, values: Mapping[str, ConfiguredValue]) -> list[Node]:
    if origin.projection is None:
        return []
    root = projection_path(origin.company, "")
    others = tuple(f"{root}{name}" for name in NO_DRIVER)
    shared = {path: line for path, line in values.items() if path.startswith(root) and not path.startswith(others)}
    parts = [
        Node(
            kind="part",
            label=f"drivers of {scenario}",
            children=parameter_nodes(values, f"{root}scenarios[{scenario}]."),
        ),
        Node(
            kind="part",
            label="drivers all scenarios share, how they go together, how is drawn",
            children=parameter_nodes(shared),
        ),
    ]
    return [part for part in parts if part.children]


# --- where it starts ------------------------------------------------------------------------------------------------


def _starting_nodes(model: Model, values: Mapping[str, ConfiguredValue], currency: str) -> tuple[Node, ...]:
    start, mix, projection = model.start, model.start.mix, model.projection
    lead, names = projection.lead_segment, [segment.name for segment in projection.segments]
    margins = dict(zip(names, mix.margins_frac, strict=True))
    others = [name for name in names if name != lead]
    told: dict[StartingValue, tuple[str, float | None, str | None, dict[str, Any]]] = {
        StartingValue.REVENUE: (
            f"revenue of the year to {month_end(start.revenue_month)}", start.revenue_per_year, currency, {},
        ),
        StartingValue.MIX: (
            f"mix of the quarter to {month_end(mix.mix_month)}: share of {lead} in group revenue",
            mix.lead_share_frac,
            "fraction",
            {
                "segments_per_group_revenue": mix.segments_per_group_revenue,
                "rest_weights_frac": dict(zip(others, mix.rest_weights_frac, strict=True)),
            },
        ),
        StartingValue.MARGINS: (
            f"margins of that quarter, EBITA per revenue: {_shares(margins)}; unallocated {mix.unallocated_frac:.4f}",
            None,
            None,
            {"margins_frac": margins, "unallocated_frac": mix.unallocated_frac},
        ),
        StartingValue.CASH: ("cash and liquid investments", start.cash, currency, {}),
        StartingValue.UNITS: (
            f"units outstanding, counted by {month_end(start.units_month)}", start.units, "units", {},
        ),
        StartingValue.RATE: (f"exchange rate, {currency} for one US dollar", start.usd_rate, f"{currency} per USD", {}),
    }  # fmt: skip
    return tuple(
        Node(
            kind="starting_value",
            label=label,
            value=value,
            unit=unit,
            more={"starting_value": name.value, **more},
            children=_taken_nodes([t for t in start.taken if t.value_of is name], values)
            or ((Node(kind="note", label="it reports in US dollars"),) if name is StartingValue.RATE else ()),
        )
        for name, (label, value, unit, more) in told.items()
    )


def _taken_nodes(taken: Iterable[Taken], values: Mapping[str, ConfiguredValue]) -> tuple[Node, ...]:
    nodes: list[Node] = []
    for one in taken:
        nodes += [fact_node(one.table, row) for row in one.rows if one.table is not None]
        nodes += parameter_nodes(values, one.path) if one.path is not None else ()
    return tuple(nodes)


def _shares(shares: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:.4f}" for name, share in shares.items())


# --- what was not taken ---------------------------------------------------------------------------------------------


def _unread_node(view: View, known: Facts, company: str, taken: Iterable[Taken]) -> Node | None:
    read: dict[str, set[tuple[Any, ...]]] = {}
    for one in taken:
        if one.table is not None:
            key = CONTRACTS[one.table].key
            read.setdefault(one.table, set()).update(tuple(row[name] for name in key) for row in one.rows)
    needed = other_facts(view, known, RunKind.SCENARIO, company, None, without=(*EVENTS, *PRICES))
    rest = {table: _without(frame, CONTRACTS[table].key, read.get(table, set())) for table, frame in needed.items()}
    parts = [(table, frame) for table, frame in rest.items() if not frame.is_empty()]
    if not parts:
        return None
    counts = ", ".join(f"{frame.height} of {table}" for table, frame in parts)
    return Node(
        kind=UNREAD,
        label=f"could have been read, was not: {counts}",
        more={"counts": {table: frame.height for table, frame in parts}, "output": OUTPUT[RunKind.SCENARIO]},
        children=tuple(
            Node(kind="part", label=f"facts of {table}", children=fact_nodes(table, frame)) for table, frame in parts
        ),
    )


def _without(frame: pl.DataFrame, key: tuple[str, ...], read: set[tuple[Any, ...]]) -> pl.DataFrame:
    return frame.filter(pl.Series([row not in read for row in frame.select(key).iter_rows()], dtype=pl.Boolean))
