"""Whether `config/metrics.toml` can be believed, and where the companies of `config/universe.toml` are at home.

Here: start rules, targets, home countries. Not here: types and missing keys (`configuration`), other files
(`coherence`).
"""

from __future__ import annotations

import re
from datetime import date

from aicycle.contracts.marts_segment_metrics import ALL_TRACKED
from aicycle.model.instants import end_of_span
from aicycle.model.parameters import MetricRules, PlanStart, StatedTarget, Universe
from aicycle.settings.refusal import refuse


def check_home_countries(universe: Universe, file: str) -> None:
    """Refuse what is no country code, and a company with the name that stands for all of them."""
    for i, company in enumerate(universe.companies):
        if company.home_country and not re.fullmatch(r"[A-Z]{2}", company.home_country):
            refuse(
                f"'{company.home_country}' is no country",
                file=file,
                key=f"companies[{i}].home_country",
                expected="an ISO 3166-1 alpha-2 code such as CN",
            )
        if company.name == ALL_TRACKED:
            refuse(
                f"a company called '{ALL_TRACKED}'",
                file=file,
                key=f"companies[{i}].name",
                expected="another name: this one stands for all companies together",
            )


def check_metrics(rules: MetricRules, file: str, universe: Universe) -> None:
    """Refuse a start rule that is none, and targets that stand twice, lead nowhere or are about nobody."""
    if rules.plan_start.value not in list(PlanStart):
        refuse(
            f"start rule '{rules.plan_start.value}'",
            file=file,
            key="plan_start.value",
            expected=" | ".join(PlanStart),
        )
    seen: set[str] = set()
    for i, target in enumerate(rules.targets):
        key = f"targets[{i}]"
        if target.target_id in seen or not target.target_id.strip():
            refuse(
                f"target '{target.target_id}' stands twice or has no name",
                file=file,
                key=f"{key}.target_id",
                expected="each target once, by a name of its own",
            )
        seen.add(target.target_id)
        _check_target(target, file, key, universe)


def _check_target(target: StatedTarget, file: str, key: str, universe: Universe) -> None:
    company = universe.company(target.company)
    if company is None or target.segment not in {"group", *(segment.name for segment in company.segments)}:
        refuse(
            f"'{target.company}' with a segment '{target.segment}' is not watched",
            file=file,
            key=f"{key}.segment",
            expected="a company of universe.toml and one of its segments, or group",
        )
    for name, day in (("base_on", target.base_on), ("due_on", target.due_on)):
        if not _is_quarter_end(day):
            refuse(f"{day} is no quarter's last day", file=file, key=f"{key}.{name}", expected="such as 2022-12-31")
    if target.due_on <= target.base_on:
        refuse(
            f"due on {target.due_on}, not after its base",
            file=file,
            key=f"{key}.due_on",
            expected=f"a day after {target.base_on}",
        )
    if not target.multiple.value > 0:
        refuse(
            f"a multiple of {target.multiple.value:g}", file=file, key=f"{key}.multiple.value", expected="more than 0"
        )


def _is_quarter_end(day: date) -> bool:
    return day.month % 3 == 0 and day == end_of_span(f"{day:%Y-%m}").date()
