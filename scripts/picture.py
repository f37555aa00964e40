"""Take a picture of a report: what the README shows.

    python scripts/picture.py report.html docs/report.png

Here: one HTML file in, one PNG out, drawn by a Chromium that is given no network and no profile. Not here: drawing the
report (`aicycle report`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

LARGEST_BYTES = 400_000
"""A picture in a README is loaded by everybody who looks."""
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")
DRAWN = "() => [...document.querySelectorAll('.plot')].every((plot) => plot.querySelector('svg.main-svg'))"


def take(page_file: Path, picture_file: Path, *, chromium: Path, width: int, height: int, scheme: str) -> int:
    """Write the top of a page as PNG and return its size in bytes.

    Args:
        page_file: the report.
        picture_file: where the picture goes; written only when it is small enough.
        chromium: the browser.
        width: of the page, in pixels.
        height: of the picture, in pixels; a shorter page gives a shorter picture.
        scheme: `light` or `dark`.

    Raises:
        ValueError: the picture is larger than `LARGEST_BYTES`.
        Error: the browser could not be started or could not draw the page.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=list(FLAGS))
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            offline=True,
        )
        page = context.new_page()
        page.goto(page_file.resolve().as_uri())
        page.wait_for_function(DRAWN, timeout=30_000)
        whole = int(page.evaluate("document.documentElement.scrollHeight"))
        clip = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(min(height, whole))}
        taken = page.screenshot(full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]
        browser.close()
    if len(taken) > LARGEST_BYTES:
        raise ValueError(f"the picture has {len(taken):,} bytes, at most {LARGEST_BYTES:,} are wanted: lower --height")
    picture_file.write_bytes(taken)
    return len(taken)


def main() -> int:
    """Read the command line, take the picture, say what was written."""
    parser = argparse.ArgumentParser(description="Take a picture of the top of a report.")
    parser.add_argument("page", type=Path, help="the report's HTML file")
    parser.add_argument("picture", type=Path, help="the PNG to write")
    parser.add_argument("--width", type=int, default=1280, help="of the page, in pixels")
    parser.add_argument("--height", type=int, default=2160, help="of the picture, in pixels, at most")
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    parser.add_argument("--chromium", type=Path, default=Path("/usr/bin/chromium"))
    given = parser.parse_args()
    for needed in (given.page, given.chromium):
        if not needed.is_file():
            print(f"{needed} is not there", file=sys.stderr)
            return 2
    try:
        size = take(
            given.page,
            given.picture,
            chromium=given.chromium,
            width=given.width,
            height=given.height,
            scheme=given.scheme,
        )
    except (Error, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{given.picture}: {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
