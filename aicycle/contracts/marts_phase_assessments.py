"""Contract of `marts.phase_assessments`: where a segment stands in the cycle, or why that is not said."""

from aicycle.contracts.schema import TableContract, flag, instant, integer, number, text
from aicycle.model.kinds import Basis, Status

PHASE_ASSESSMENTS = TableContract(
    schema="marts",
    name="phase_assessments",
    grain="one segment as of one instant, by one set of facts and rules",
    time="as_of is the instant up to which facts counted",
    key=("run_id", "company", "segment"),
    columns=(
        text("run_id", "digest of the run's answer, its features and its manifest but the loads"),
        instant("as_of", "facts known up to here"),
        text("company", "company"),
        text("segment", "segment"),
        integer(
            "phase",
            "1 infrastructure, 2 models and platforms, 3 shakeout, 4 maturity; empty: abstained",
            nullable=True,
            minimum=1,
            maximum=4,
        ),
        number("probability_1", "of phase 1", unit="fraction", nullable=True, minimum=0, maximum=1),
        number("probability_2", "of phase 2", unit="fraction", nullable=True, minimum=0, maximum=1),
        number("probability_3", "of phase 3", unit="fraction", nullable=True, minimum=0, maximum=1),
        number("probability_4", "of phase 4", unit="fraction", nullable=True, minimum=0, maximum=1),
        flag("is_abstained", "no phase is stated"),
        text("reasons", "JSON list of sentences: what spoke for it, strongest first"),
        text("evidence", "what it rests on, e.g. events only"),
        text("basis", "live or hindsight", domain=tuple(Basis)),
        text("status", "weakest status among inputs and rules", domain=tuple(Status)),
        flag("is_stale", "an input is held; this is the last good answer"),
        instant("stale_since", "since when", nullable=True),
        text("held_because", "cause of the hold", nullable=True),
        instant("facts_as_of", "facts known up to here were used; earlier than as_of while an input is held"),
        integer("load_seq", "manifest: facts of loads up to this one", minimum=0),
        text("facts_digest", "manifest: digest of the facts used"),
        text("parameters_digest", "manifest: digest of config/"),
        text("gate_digest", "manifest: digest of the holds on this answer, and of the rules they follow from"),
        text("code_version", "manifest: version of aicycle and digest of the model's source"),
        text("libraries", "manifest: versions of the libraries that compute"),
        text("platform", "manifest: where floating point was done"),
        instant("created_at", "when it was computed", volatile=True),
    ),
)
