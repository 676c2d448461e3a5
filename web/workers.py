"""What a worker of gunicorn has beside the pages: a thread that follows the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from casesys import follow_beside

if TYPE_CHECKING:
    from web.app import Office


def post_worker_init(worker: Any) -> None:
    """Called by gunicorn in each worker, after the fork and whenever the pages were loaded."""
    office: Office = worker.wsgi.extensions["casesys"]
    follow_beside(office.settings, lambda: office.system)
