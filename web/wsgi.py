"""What gunicorn serves: each worker makes its own system on its first request, after the fork."""

from __future__ import annotations

from flask import Flask

from web.app import create_app


def app() -> Flask:
    return create_app()
