from __future__ import annotations

import pytest

from transforms.texts.languages import told_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Acme will in drei Jahren 40 Milliarden Yuan für Rechenzentren ausgeben, wie der Konzern mitteilte.", "de"),
        ("Acme will spend 40 billion yuan on data centres over the next three years, the company said.", "en"),
        ("阿里巴巴将在三年内投入3800亿元用于云和AI基础设施建设。", "zh"),
        ("阿里云 Alibaba Cloud 在 Brazil 新建数据中心,投入约 53 billion 美元,计划三年内完成。", "zh"),
        ("Alibaba (阿里巴巴) will spend 53 billion dollars on its data centres over the next three years.", "en"),
        ("アリババは三年間で三千八百億元をクラウドに投資する。", "ja"),
        ("알리바바는 3년간 3800억 위안을 투자한다.", "ko"),
        ("Le groupe va dépenser 40 milliards de yuans pour ses centres de données, selon les dirigeants.", None),
        ("Alibaba Cloud 380 Mrd.", None),
        ("", None),
        ("12 345 %", None),
    ],
)
def test_the_language_is_told_or_not(text, language):
    assert told_language(text) == language


def test_only_the_beginning_is_looked_at():
    assert told_language("the cat is in the house and it said so. " * 1000 + "数" * 1_000_000) == "en"
