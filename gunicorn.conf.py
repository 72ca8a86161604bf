"""Gunicorn reads this by itself when it is started in this folder; what its command line says goes before it."""

worker_class = "portal.web_server.Worker"
logger_class = "portal.access_log.AccessLog"
