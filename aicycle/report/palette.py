"""The colours of the charts, in light and dark, safe for colour-blind readers.

Here: names for colours, and the table by which the reader's browser turns light ones into dark ones. Not here: the
page's own colours (`templates/report.css`).
"""

from __future__ import annotations

INK = "#17202b"
MUTED = "#586475"
GRID = "#e4e8ed"
SURFACE = "#ffffff"
ACCENT = "#0b62ab"
PEER = "#7b8796"
GAP_FILL = "rgba(88,100,117,0.07)"
VEIL = "rgba(255,255,255,0.7)"
"""Behind a text that may cross a line."""
CLEAR = "rgba(0,0,0,0)"

SCENARIO_INKS = ("#b8450b", "#0b62ab", "#08795a", "#8a4a80", "#8a6100")
"""By position in the ladder, lowest band first; told apart by place and label too, never by colour alone."""
SCENARIO_FILLS = (
    "rgba(184,69,11,0.14)",
    "rgba(11,98,171,0.13)",
    "rgba(8,121,90,0.14)",
    "rgba(138,74,128,0.14)",
    "rgba(138,97,0,0.14)",
)
SERIES = ("#0b62ab", "#b8450b", "#08795a", "#8a4a80", "#8a6100", "#3c7d9e", "#a03a55", "#55606e")
"""After Okabe and Ito, darkened for white paper; lines also differ in marker."""
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hexagon")

DARK: dict[str, str] = {
    INK: "#e8ecf1",
    MUTED: "#9aa7b6",
    GRID: "#2b343f",
    SURFACE: "#161c24",
    ACCENT: "#6cb2ef",
    PEER: "#8492a3",
    VEIL: "rgba(16,21,27,0.66)",
    GAP_FILL: "rgba(154,167,182,0.08)",
    "#b8450b": "#f39a63",
    "#08795a": "#4fcaa4",
    "#8a4a80": "#d99ace",
    "#8a6100": "#e0b44c",
    "#3c7d9e": "#86c8e6",
    "#a03a55": "#f08ba4",
    "#55606e": "#b6c0cc",
    "rgba(184,69,11,0.14)": "rgba(243,154,99,0.20)",
    "rgba(11,98,171,0.13)": "rgba(108,178,239,0.20)",
    "rgba(8,121,90,0.14)": "rgba(79,202,164,0.20)",
    "rgba(138,74,128,0.14)": "rgba(217,154,206,0.20)",
    "rgba(138,97,0,0.14)": "rgba(224,180,76,0.20)",
}
"""Light colour to dark colour."""


def by_position(colours: tuple[str, ...], position: int, count: int) -> str:
    """Return the colour of one of `count` scenarios: the lowest, the middle and the highest keep theirs."""
    if position <= 0:
        return colours[0]
    if position >= count - 1:
        return colours[2]
    return (colours[1], *colours[3:])[(position - 1) % (len(colours) - 2)]
