"""Contract of `marts.scenario_runs`: one recomputation of one company's scenarios, with its manifest."""

from aicycle.contracts.schema import TableContract, day, flag, instant, integer, number, text
from aicycle.model.kinds import Basis, EvidenceState, MarketState, PriceBasis, Status

SCENARIO_RUNS = TableContract(
    schema="marts",
    name="scenario_runs",
    grain="one recomputation of one company's scenarios",
    time="as_of is what was asked; facts_as_of is what was used (earlier, when an input is held)",
    key=("run_id",),
    columns=(
        text("run_id", "digest of the manifest: same inputs, same id"),
        text("company", "company"),
        instant("as_of", "facts known up to here were asked for"),
        instant("facts_as_of", "facts known up to here were used"),
        text("basis", "live: every definition used was known on the as-of day", domain=tuple(Basis)),
        text("bands_basis", "the same of the target bands alone", domain=tuple(Basis)),
        number("price_usd", "close of the primary listing, as quoted then", unit="USD per unit", nullable=True),
        day("price_session", "session of that close", nullable=True),
        text("price_basis", "basis of that close; simulated is no price", nullable=True, domain=tuple(PriceBasis)),
        text("market_state", "where the price stands among the bands", nullable=True, domain=tuple(MarketState)),
        text("market_state_null_reason", "why no market state is stated", nullable=True),
        text("evidence_state", "fresh, or why no probabilities are stated", domain=tuple(EvidenceState)),
        instant("evidence_newest_known_at", "when the newest evidence became known", nullable=True),
        text("abstained_because", "why no probabilities are stated", nullable=True),
        text("projection_null_reason", "why no value is projected", nullable=True),
        flag("is_stale", "an input is held; this is the last good answer"),
        instant("stale_since", "since when", nullable=True),
        text("held_because", "cause of the hold", nullable=True),
        text("status", "weakest status among the inputs", domain=tuple(Status)),
        integer("load_seq", "manifest: facts of loads up to this one", minimum=0),
        text("facts_digest", "manifest: digest of the facts used"),
        text("parameters_digest", "manifest: digest of config/"),
        text("gate_digest", "manifest: digest of the holds on this answer, and of the rules they follow from"),
        text("code_version", "manifest: version of aicycle and digest of the model's source"),
        text("libraries", "manifest: versions of the libraries that compute"),
        integer("seed", "manifest: seed of the draws"),
        text("platform", "manifest: where floating point was done"),
        text("digest", "digest of the answer, numbers at 12 significant digits"),
        instant("created_at", "when it was computed", volatile=True),
    ),
)
