"""`python -m aicycle`: the command line."""

import sys

from aicycle.cli import main

sys.exit(main())
