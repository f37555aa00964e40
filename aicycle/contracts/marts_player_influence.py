"""Contract of `marts.player_influence`: how much each player weighs in each wave, by our index."""

from aicycle.contracts.schema import TableContract, flag, instant, integer, number, text
from aicycle.model.kinds import Basis, Status

PLAYER_INFLUENCE = TableContract(
    schema="marts",
    name="player_influence",
    grain="one indicator, or the index (indicator `index`), of one player in one wave",
    time="as_of is the instant up to which facts counted. As of the newest fact; other days are computed when asked",
    key=("company", "wave", "indicator"),
    columns=(
        text("company", "player: every company of config/universe.toml"),
        text("wave", "number and name of the wave, e.g. 1 infrastructure"),
        text("indicator", "what is compared among the players; index: the weighted mean of what is known"),
        number("value", "the player's own figure", unit="see unit", nullable=True),
        text("unit", "unit of the value"),
        number("share_frac", "of all players that report it; of the index: the index", unit="fraction", nullable=True),
        number("weight", "in the index; of the index: how much of the weights is known", unit="fraction", minimum=0),
        integer("rank", "1 is the greatest share; of the index alone", nullable=True, minimum=1),
        flag("is_partial", "of an indicator: some players do not report it; of the index: it lacks some indicators"),
        text("null_reason", "why there is no share", nullable=True),
        text("basis", "live or hindsight", domain=tuple(Basis)),
        text("status", "weakest status among the inputs", domain=tuple(Status)),
        instant("as_of", "facts known up to here"),
        flag("is_stale", "an input of some player is held: a share is a part of all of them"),
        text("held_because", "cause of the hold", nullable=True),
    ),
)
