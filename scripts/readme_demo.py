"""What the demo prints, as the README shows it: written by a run, checked by a run.

python scripts/readme_demo.py            # write the block anew
python scripts/readme_demo.py --check    # exit 1 when the README shows something else
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- demo: written by scripts/readme_demo.py -->\n", "<!-- end of demo -->"


def printed() -> str:
    """Run the demo in a fresh home and return what it prints, without what differs from run to run."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AICYCLE_", "PREFECT_"))}
        command = [sys.executable, "-m", "aicycle", "demo"]
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if run.returncode:
            sys.exit(f"the demo ended with {run.returncode}:\n{run.stderr}")
        text = run.stdout.replace(str(Path(folder).resolve()) + "/", "").replace(folder + "/", "")
    text = re.sub(r"\d+\.\d s$", "... s", text, flags=re.MULTILINE)
    return "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"


def main() -> int:
    """Write or check the block."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    shown, _, after = rest.partition(END)
    block = f"```text\n{printed()}```\n"
    if check:
        if shown != block:
            sys.stdout.write("README.md does not show what the demo prints. next: python scripts/readme_demo.py\n")
            return 1
        sys.stdout.write("README.md shows what the demo prints\n")
        return 0
    README.write_text(f"{before}{BEGIN}{block}{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
