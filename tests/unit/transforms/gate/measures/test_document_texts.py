"""Documents and broken texts."""

from __future__ import annotations

import pytest

from transforms.gate.measures.texts import trouble_in

TABLE = "core.documents"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, set()),
        ({"language": "zh", "title": "阿里云宣布三年投入3800亿元"}, set()),
        ({"language": "zh", "title": "Qwen3"}, set()),
        ({"title": "Alibaba (阿里巴巴) builds"}, set()),
        ({"language": "zh"}, {"language.of_its_script"}),
        ({"title": "阿里云宣布三年投入3800亿元"}, {"language.of_its_script"}),
        ({"title": "- - -"}, {"title.says_something"}),
        ({"title": "Alibaba " * 60}, {"title.length"}),
        ({"title": "Alibaba baut f\u00c3\u00bcr 53 Milliarden"}, {"text.whole"}),
    ],
)
def test_one_document(documents, failures, nothing_known, changed, expected):
    assert {check for _, check in failures(TABLE, documents(changed), nothing_known)} == expected


def test_another_text_under_an_id_is_a_new_version(documents, failures, nothing_known):
    context = nothing_known.believing(TABLE, documents({}))
    assert failures(TABLE, documents({}), context) == set()
    assert failures(TABLE, documents({"text_sha256": "b" * 64}), context) == {(0, "document.as_before")}


def test_a_text_under_another_id_is_a_copy(documents, failures, nothing_known):
    context = nothing_known.believing(TABLE, documents({}))
    assert failures(TABLE, documents({"document_id": "other"}), context) == {(0, "document.told_once")}


@pytest.mark.parametrize(
    "text", ["Übergröße", "naïve café", "SÃO PAULO", "CAFÉ»", "là\u00a0»", "“quoted”—so", "中国 été", "5 °C"]
)
def test_what_people_write_is_whole(text):
    assert trouble_in(text) == ""


@pytest.mark.parametrize("text", ["Übergröße", "it\u2019s", "5 € \u2013 6 €", "阿里云宣布", "Москва"])
@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
def test_what_was_decoded_wrongly_is_broken(text, wrong):
    misread = text.encode().decode(wrong, errors="ignore")
    assert trouble_in(misread) != ""


@pytest.mark.parametrize("text", ["lost \ufffd", "bell \x07", "nul \x00"])
def test_lost_and_control_characters_are_broken(text):
    assert trouble_in(text) != ""
