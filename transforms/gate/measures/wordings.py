"""The amounts that a short wording gives: a claim in a line, beside the number that was read from it.

Here: numbers with a scale, and the currency beside them, in English, German and Chinese. Not here: reading whole texts.
What is not understood is left out: a wording that gives no amount says nothing against the number.
"""

from __future__ import annotations

import re

SCALES = {
    **dict.fromkeys(("tn", "trillion", "trillions", "billionen", "万亿", "萬億"), 1e12),
    **dict.fromkeys(("bn", "billion", "billions", "mrd", "milliarden", "milliarde", "b"), 1e9),
    **dict.fromkeys(("mn", "million", "millions", "mio", "millionen", "m"), 1e6),
    **dict.fromkeys(("亿", "億"), 1e8),
}
"""A German billion is a trillion; `Billionen` alone is unmistakable, and the short `Bio` is not read."""
CURRENCIES = {
    **dict.fromkeys(("usd", "us$", "dollar", "dollars", "美元"), "USD"),
    **dict.fromkeys(("cny", "rmb", "yuan", "renminbi", "元", "人民币"), "CNY"),
    **dict.fromkeys(("eur", "euro", "euros", "€"), "EUR"),
    **dict.fromkeys(("hkd", "hk$", "港元"), "HKD"),
    **dict.fromkeys(("cad", "c$"), "CAD"),
    **dict.fromkeys(("gbp", "£"), "GBP"),
    **dict.fromkeys(("jpy", "yen", "日元"), "JPY"),
}
"""The bare dollar sign is any dollar's."""


def _any_of(words: dict[str, object]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


NUMBER = r"\d+(?:[.,]\d+)*"
AMOUNT = re.compile(
    rf"(?:(?<![a-z])(?P<before>{_any_of({**CURRENCIES})})\s?)?(?<![\w.])(?P<low>{NUMBER})"
    rf"(?:\s?(?:-|to|bis)\s?(?P<high>{NUMBER}))?\s?(?P<scale>{_any_of({**SCALES})})(?![a-z])"
    rf"(?:\s?(?P<after>{_any_of({**CURRENCIES})})(?![a-z]))?",
    re.IGNORECASE,
)


def amounts_in(wording: str) -> list[tuple[float, str | None]]:
    """Return the amounts of a wording in units, each with the currency beside it; both ends of a range."""
    found = []
    for match in AMOUNT.finditer(wording):
        scale = SCALES[match["scale"].lower()]
        named = match["before"] or match["after"]
        currency = CURRENCIES[named.lower()] if named else None
        found += [(_plain(text) * scale, currency) for text in (match["low"], match["high"]) if text]
    return [(value, currency) for value, currency in found if value > 0]


def _plain(text: str) -> float:
    """Return a number written with a decimal comma or point, or with groups of three digits."""
    is_grouped = re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", text)
    if is_grouped:
        return float(re.sub("[.,]", "", text))
    whole, _, rest = text.replace(",", ".").partition(".")
    return float(f"{whole}.{rest.replace('.', '') or 0}")
