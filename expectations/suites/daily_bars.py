"""What bars need beyond their contract: they fit their listing, their past, their market and their twin."""

from aicycle.model.kinds import Severity
from expectations.checks import Check, CheckKind, within

PRICES = ("open", "high", "low", "close")

ADDITIONS = (
    Check(
        name="volume.traded",
        kind=CheckKind.RANGE,
        expectation="expect_column_values_to_be_between",
        columns=("volume",),
        arguments={"column": "volume", "min_value": 0, "strict_min": True},
        # Hong Kong half days carry volume 0 and real prices.
        severity=Severity.ADVISORY,
        reason="volume is 0: a half day, or a day without trade",
    ),
    within("session.scheduled", ("session",), reason="the session is none of its exchange"),
    within("currency.of_listing", ("currency",), reason="the currency is not the listing's"),
    within("prices.revision", PRICES, reason="a bar that is believed came again with other prices"),
    within("prices.repeat", PRICES, reason="the prices are those of one of the last sessions"),
    within("prices.of_other_symbol", ("symbol", *PRICES), reason="the prices are those of another symbol"),
    within("close.jump", PRICES, reason="the close moved further than any news moves it"),
    within("close.surprise", PRICES, reason="the close moved unusually, and nothing bears it out"),
    within("close.twin", PRICES, reason="the close moved away from that of the company's other listing"),
    within("symbol.swapped", ("symbol", *PRICES), reason="two bars would fit better in each other's place"),
    within("close.news", PRICES, severity=Severity.ADVISORY, reason="an unusual move that is borne out: news"),
    within("close.twin_news", PRICES, severity=Severity.ADVISORY, reason="two listings of one company are apart"),
)
