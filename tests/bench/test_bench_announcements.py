"""Reading announcements, against a quick regular expression over the same texts; and how time grows with size.

make bench
"""

from __future__ import annotations

import json
from datetime import date
from time import process_time

import pytest

from aicycle.settings.lexicon import load_lexicon
from transforms.announcements import extract
from transforms.announcements.baseline import baseline, names_for_baseline

PUBLISHED = date(2025, 2, 24)
SHORT = 1_000


@pytest.fixture(scope="module")
def lexicon(root):
    return load_lexicon(root / "config")


@pytest.fixture(scope="module")
def documents(root):
    """1,000 short reports and headlines in three languages, no two alike; 300 characters each on average."""
    folder = root / "tests" / "data" / "announcements"
    lines = [
        json.loads(line)
        for name in ("reports.jsonl", "headlines.jsonl")
        for line in (folder / name).read_text(encoding="utf-8").splitlines()
    ]
    return [(f"{lines[n % len(lines)]['text']}\n({n})", lines[n % len(lines)]["language"]) for n in range(SHORT)]


def read_all(documents, lexicon):
    found = [extract(text, lexicon=lexicon, language=lang, published=PUBLISHED) for text, lang in documents]
    return sum(len(one.announcements) for one in found)


@pytest.mark.benchmark(group="1,000 short documents on one core; baseline: a quick regular expression")
class TestReading:
    def test_extract(self, benchmark, documents, lexicon):
        read_all(documents[:100], lexicon)  # what is compiled once is not what is measured
        assert benchmark.pedantic(read_all, args=(documents, lexicon), rounds=3) > SHORT

    def test_baseline_regular_expression(self, benchmark, documents, lexicon):
        names = names_for_baseline(lexicon.companies)

        def read():
            return sum(len(baseline(text, names=names, language=language)) for text, language in documents)

        assert benchmark.pedantic(read, rounds=3) > SHORT


@pytest.mark.benchmark(group="one text as long as 380 reports; baseline: the reports one by one")
class TestLongText:
    """A text as long as all short ones together may not take longer than they do, or time grows with the square."""

    def test_extract_whole(self, benchmark, documents, lexicon):
        text = "\n".join(text for text, language in documents if language == "en")
        assert benchmark.pedantic(read_all, args=([(text, "en")], lexicon), rounds=3) > SHORT / 20

    def test_baseline_one_by_one(self, benchmark, documents, lexicon):
        parts = [(text, language) for text, language in documents if language == "en"]
        assert benchmark.pedantic(read_all, args=(parts, lexicon), rounds=3) > SHORT / 4


@pytest.mark.benchmark(group="time of four times as much; baseline: once as much")
class TestGrowth:
    @pytest.mark.parametrize("kind", ["more documents", "a longer text"])
    def test_four_times_as_much_takes_four_times_as_long(self, benchmark, documents, lexicon, kind):
        """Twice that is allowed for a machine with other work; the square would be four times that."""

        def taken(times: int) -> float:
            chosen = documents[: 100 * times]
            if kind == "a longer text":
                chosen = [("\n".join(text for text, _ in chosen), "en")]
            start = process_time()
            read_all(chosen, lexicon)
            return process_time() - start

        taken(1)
        once = min(taken(1) for _ in range(3))
        four_times = benchmark.pedantic(taken, args=(4,), rounds=1)
        assert four_times < 8 * once
