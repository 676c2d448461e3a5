"""What gunicorn serves: the application, made anew in each worker."""

from web.app import create_app as app

__all__ = ["app"]
