"""What a worker of gunicorn does once the pages are loaded: it follows the log in a thread."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from casesys import follow_beside

if TYPE_CHECKING:
    from web.app import Office


def post_worker_init(worker: Any) -> None:
    """Called by gunicorn in each worker, after the fork and whenever the pages were loaded."""
    # All that was loaded stays: the collector need not walk over it again and again.
    gc.collect()
    gc.freeze()
    office: Office = worker.wsgi.extensions["casesys"]
    follow_beside(office.settings, lambda: office.system)
