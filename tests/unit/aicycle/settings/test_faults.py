from __future__ import annotations

import pytest

from aicycle.errors import ConfigError
from aicycle.model.faults import OPERATIONS
from aicycle.settings.faults import load_faults, load_judged_alarms, load_redundant_checks, load_scoring_rules

GOOD = """
[[kinds]]
name = "own_kind"
says = "a close is doubled"
file = "prices.csv"
sizes = [2]
rows = { where = [{ column = "symbol", equals = "BABA" }] }
do = [{ op = "multiply", columns = ["close"], by = "$size" }]
"""


def load(root, tmp_path, text: str):
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    return load_faults(root / "config", file)


def test_the_bundled_catalogue_has_the_kinds_that_were_asked_for(root):
    kinds = load_faults(root / "config")
    assert len(kinds) >= 60
    sizes = {kind.name: kind.sizes for kind in kinds}
    assert sizes["scale_bar"] == (1.02, 1.05, 1.1, 2, 8, 10, 100, 1000)
    assert sizes["shifted_values"] == (1, 5)
    assert {kind.name for kind in kinds if kind.expected == "absorbed"} >= {"syndicated_news", "edited_article"}


def test_the_bundled_catalogue_uses_every_operation(root):
    used = {step.op for kind in load_faults(root / "config") for step in kind.do}
    assert set(OPERATIONS) == used


def test_own_kinds_come_after_the_bundled_ones(root, tmp_path):
    kinds = load(root, tmp_path, GOOD)
    assert kinds[-1].name == "own_kind"
    assert kinds[-1].do[0].by == "$size"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("multiply", "explode"), "the operation 'explode' is not known"),
        (("own_kind", "scale_bar"), "two kinds are called scale_bar"),
        (("own_kind", "Own kind"), "is no name"),
        (("prices.csv", "prices.xls"), "does not fit"),
        (('by = "$size"', 'by = "size"'), "does not fit"),
        (('by = "$size"', 'by = 2, colour = "red"'), "does not fit"),
        (('equals = "BABA"', 'matches = "["'), "no regular expression"),
        (("rows = {", "days = 0\nrows = {"), "out of range"),
        (("rows = {", "trials = 0\nrows = {"), "out of range"),
        (("do = [", "done = ["), "a kind does nothing"),
        (("[[kinds]]", "[[sorts]]"), "not known"),
        (("[[kinds]]", "[[kinds]"), "no TOML"),
        (("sizes = [2]", "sizes = [nan]"), "no number to compute with"),
    ],
)
def test_a_catalogue_that_can_not_be_believed_is_refused_with_file_and_next_step(root, tmp_path, change, what):
    with pytest.raises(ConfigError, match=r"own\.toml") as refused:
        load(root, tmp_path, GOOD.replace(*change))
    assert what in str(refused.value)
    assert "docs/gate_faults.md" in refused.value.next_command


def test_what_is_no_number_is_refused_with_its_key(root, tmp_path):
    with pytest.raises(ConfigError) as refused:
        load(root, tmp_path, GOOD.replace("sizes = [2]", "sizes = [2, inf]"))
    assert refused.value.where.endswith("own.toml, key kinds[0].sizes[1]")


def test_a_catalogue_that_is_not_there_is_refused(root, tmp_path):
    with pytest.raises(ConfigError, match="can't be read"):
        load_faults(root / "config", tmp_path / "none.toml")


def test_a_catalogue_that_is_no_file_or_too_large_is_refused_unread(root, tmp_path, monkeypatch):
    with pytest.raises(ConfigError, match="no catalogue"):
        load_faults(root / "config", tmp_path)
    monkeypatch.setattr("aicycle.settings.faults.LARGEST_FILE", len(GOOD) - 1)
    with pytest.raises(ConfigError, match="no catalogue"):
        load(root, tmp_path, GOOD)


def test_rules_and_what_people_said_are_read(root, tmp_path):
    assert load_scoring_rules(root / "config").trials.value > 0
    assert all(alarm.why for alarm in load_judged_alarms(root / "config"))
    assert all(check.why for check in load_redundant_checks(root / "config"))
    (tmp_path / "gate").mkdir()
    assert load_judged_alarms(tmp_path) == ()
    (tmp_path / "gate" / "judged_alarms.toml").write_text(
        '[[alarms]]\nday = 2025-01-02\ncheck = "core.fx_rates/*"\nverdict = "fault"\nwhy = "seen twice"\n',
        encoding="utf-8",
    )
    (alarm,) = load_judged_alarms(tmp_path)
    assert (alarm.day.isoformat(), alarm.verdict) == ("2025-01-02", "fault")


def test_every_operation_and_key_stands_in_the_document(root):
    text = (root / "docs" / "gate_faults.md").read_text(encoding="utf-8")
    for name, shape in OPERATIONS.items():
        assert f"`{name}`" in text, name
        for key in set(shape.__dataclass_fields__) - {"op"}:
            assert f"`{key}`" in text, (name, key)


def test_the_examples_of_the_document_load(root, tmp_path):
    text = (root / "docs" / "gate_faults.md").read_text(encoding="utf-8")
    examples = [part.split("```", 1)[0] for part in text.split("```toml\n")[1:]]
    assert len(examples) == 3
    assert len(load(root, tmp_path, "\n".join(examples))) == len(load_faults(root / "config")) + 3
