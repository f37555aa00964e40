"""Which language a text is in, told by its script and its most common words.

Here: the languages announcements are read in, and the few scripts that must not be taken for them. Not here: what a
text says (`transforms.announcements`), a declared language (the caller has it).
"""

from __future__ import annotations

import re
from collections import Counter

LOOKED_AT_CHARACTERS = 20_000
IDEOGRAPH = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
KANA = re.compile(r"[\u3040-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
WORD = re.compile(r"[^\W\d_]+")
LETTERS_PER_IDEOGRAPH = 2
"""An ideograph says as much as a few letters: names in Latin letters do not make a Chinese text an English one."""
LEAST_KANA_SHARE = 0.1
"""Of ideographs and kana: Japanese has far more kana, a Chinese text at most a name."""

COMMON = {
    "de": """der die das den dem des ein eine einen einem einer und oder nicht ist sind war wird werden wurde hat haben
        mit von vom für auf aus bei zu zum zur im in am an als auch nach über unter bis durch gegen dass sich seine ihre
        rund mehr noch wie um was will""",
    "en": """the a an and or not is are was were be been will would has have had with of for on from at by to in as also
        after over under until through against that which its their his her about more than this it said""",
}
FUNCTION_WORDS = {language: frozenset(words.split()) for language, words in COMMON.items()}
"""Words without which hardly a sentence is written, per language that is told by them."""
LEAST_SHARE = 0.12
"""Of all words: real texts have three times as much, and texts of neighbouring languages share a word or two."""


def told_language(text: str) -> str | None:
    """Return the language of most of a text, ISO 639-1; None: neither script nor words tell."""
    looked_at = text[:LOOKED_AT_CHARACTERS]
    ideographs, kana, hangul, latin = (len(script.findall(looked_at)) for script in (IDEOGRAPH, KANA, HANGUL, LATIN))
    if kana > LEAST_KANA_SHARE * (ideographs + kana) and kana * LETTERS_PER_IDEOGRAPH > latin:
        return "ja"
    if hangul * LETTERS_PER_IDEOGRAPH > latin:
        return "ko"
    if ideographs * LETTERS_PER_IDEOGRAPH > latin:
        return "zh"
    words = Counter(WORD.findall(looked_at.lower()))
    counts = {name: sum(words[word] for word in common) for name, common in FUNCTION_WORDS.items()}
    (best, most), (_, second) = Counter(counts).most_common(2)
    return best if most > second and most >= LEAST_SHARE * words.total() else None
