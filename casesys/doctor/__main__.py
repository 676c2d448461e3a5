"""The process that restores a backup beside an office and examines it there."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Thread

import msgspec

from casesys.doctor.restored import Asked, examine_restored
from casesys.settings import from_environment


def _watch() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def main() -> None:
    asked = msgspec.json.decode(sys.stdin.buffer.readline(), type=Asked)
    Thread(target=_watch, daemon=True).start()
    settings = from_environment(
        {
            "CASESYS_HOME": asked.home,
            "CASESYS_MASTER_KEY": asked.master_key.hex(),
            "CASESYS_SIGNING_KEY": asked.signing_key.hex(),
            "CASESYS_SECRET_KEY": "of nobody: no form is signed here",
            "CASESYS_OFFICE_UNIT": asked.office_unit,
        }
    )
    answer = examine_restored(settings, Path(asked.file), asked.backup_key)
    used = os.times()
    answer.cpu = round(used.user + used.system, 1)
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    sys.stdout.buffer.flush()
    # The reader of standard input would be waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
