"""The WSGI application that gunicorn serves.

No page waits longer for PostgreSQL than somebody waits for a page: then they read that it is busy. Only pages:
a migration, a worker or a proof over the whole database may take its time.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("PGOPTIONS", "-c lock_timeout=5s -c statement_timeout=30s")  # read by libpq

application = get_wsgi_application()
