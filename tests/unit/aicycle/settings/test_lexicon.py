"""What texts are read by, refused where it contradicts itself.

Here: the files. Not here: a text read by one language more (`transforms/announcements/test_another_language.py`).
"""

from __future__ import annotations

import shutil

import pytest

from aicycle.errors import ConfigError
from aicycle.settings.lexicon import load_lexicon


@pytest.fixture
def config(root, tmp_path):
    """A copy of what texts are read by."""
    shutil.copytree(root / "config" / "announcements", tmp_path / "config" / "announcements")
    return tmp_path / "config"


def changed(config, name, old, new):
    file = config / "announcements" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return config


def test_the_bundled_lexicon_is_read(root):
    lexicon = load_lexicon(root / "config")
    assert [language.code for language in lexicon.languages] == ["de", "en", "zh"]
    assert {"Amazon", "Alibaba", "SAP"} <= {company.name for company in lexicon.companies}
    assert lexicon.money.before["US$"] == "USD"


def test_the_digest_is_that_of_the_content(root, config):
    bundled = load_lexicon(root / "config").digest
    assert load_lexicon(config).digest == bundled
    assert load_lexicon(changed(config, "money.toml", "# Signs", "# All signs")).digest == bundled
    assert load_lexicon(changed(config, "money.toml", '"¥" = "JPY"', '"¥" = "CNY"')).digest != bundled


@pytest.mark.parametrize("name", ["companies.toml", "places.toml", "money.toml"])
def test_a_missing_file_is_named(config, name):
    (config / "announcements" / name).unlink()
    with pytest.raises(ConfigError, match=f"announcements/{name}.*missing|missing.*announcements/{name}"):
        load_lexicon(config)


@pytest.mark.parametrize("is_there", [True, False])
def test_without_a_language_nothing_can_be_read(config, is_there):
    shutil.rmtree(config / "announcements" / "languages")
    if is_there:
        (config / "announcements" / "languages").mkdir()
        (config / "announcements" / "languages" / "notes.txt").write_text("none yet", encoding="utf-8")
    with pytest.raises(ConfigError, match="there is no language to read texts in"):
        load_lexicon(config)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("money.toml", "[after]", "[after", "no TOML"),
        ("companies.toml", "companies = [", "firms = [", "a table that is not known"),
        (
            "companies.toml",
            'aliases = [\n        "Open AI"',
            'aliases = [\n        "OpenAI"',
            "a name stands twice.*OpenAI",
        ),
        ("places.toml", '"Auckland"', '"Wellington"', "a name stands twice.*Wellington"),
        ("languages/en.toml", 'decimal_mark = "."', 'decimal_mark = "\'"', "neither . nor ,.*decimal_mark"),
        ("languages/en.toml", 'code = "en"', 'code = "de"', "not that of 'de'.*languages/en.toml"),
        ("languages/en.toml", "is_spaced = true", 'is_spaced = "yes"', "languages/en.toml.*is_spaced"),
        ("languages/en.toml", "between = [", "betwixt = [", "languages/en.toml.*bet"),
        ("languages/zh.toml", 'traditional = """\\\n丟', 'traditional = """\\\n', "two rows differ in length.*fold"),
        (
            "languages/de.toml",
            "by_how_much = ['um']",
            "by_how_much = ['u(m']",
            "no regular expression.*cues.by_how_much",
        ),
        ("languages/de.toml", "percent = '", "percent = '*", "no regular expression.*phrases.percent"),
        ("languages/de.toml", "pattern = 'seit ", "pattern = '(seit ", r"no regular expression.*spans\[\d+\].pattern"),
        (
            "languages/zh.toml",
            "partnership_not = ['",
            "partnership_not = ['[",
            "no regular.*cues_of_events.partnership_not",
        ),
    ],
)
def test_what_contradicts_itself_is_refused_by_file_and_key(config, name, old, new, said):
    with pytest.raises(ConfigError) as refused:
        load_lexicon(changed(config, name, old, new))
    assert name in str(refused.value)
    refused.match(f"(?s){said}")


def test_one_language_more_is_one_file_more(config):
    languages = config / "announcements" / "languages"
    text = (languages / "en.toml").read_text(encoding="utf-8")
    before = load_lexicon(config)
    (languages / "ga.toml").write_text(text.replace('code = "en"', 'code = "ga"', 1), encoding="utf-8")
    after = load_lexicon(config)
    assert [language.code for language in after.languages] == ["de", "en", "ga", "zh"]
    assert after.digest != before.digest
