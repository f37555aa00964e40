"""The command line: what people type, and what they read back.

Here: `main`, which ends every call with an exit code and never with a traceback for a foreseen error. Not here: any
decision about data. Readers load neither Prefect nor Great Expectations.
"""

from __future__ import annotations

import os
import sys

from aicycle.errors import AicycleError, ExitCode


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 usage, 3 held, 4 busy."""
    from aicycle.cli.app import app  # noqa: PLC0415 - the commands are built when they are needed

    try:
        app(args=arguments, prog_name="aicycle")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(ExitCode.DONE)
    except AicycleError as error:
        _say(str(error))
        return int(error.exit_code)
    except KeyboardInterrupt:
        _say("interrupted; what was committed stays, the rest left no trace. next: run again")
        return int(ExitCode.FAILED)
    except BrokenPipeError:
        # The reader of our output has gone (`aicycle sql ... | head`): nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = f"\n  where: {error.filename}" if error.filename else ""
        _say(
            f"{error.strerror or error}{where}\n  next: check the path and its permissions, or give another --home DIR"
        )
        return int(ExitCode.FAILED)
    return int(ExitCode.DONE)


def _say(text: str) -> None:
    sys.stderr.write(f"aicycle: {text}\n")
