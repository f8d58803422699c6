"""How gunicorn serves the panel; the address comes with the command. Each worker makes an app of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

wsgi_app = "app:create_app()"
chdir = str(Path(__file__).parents[1])

workers = 2
threads = 4
worker_class = "gthread"
preload_app = False  # no database connection is carried over a fork
timeout = 30  # seconds, as are the next two
graceful_timeout = 30
keepalive = 5
max_requests = 2000
max_requests_jitter = 200

limit_request_line = 4094  # bytes
limit_request_fields = 64
limit_request_field_size = 8190  # bytes
header_map = "drop"
forwarded_allow_ips = "127.0.0.1"
control_socket_disable = True
umask = 0o077
# Heartbeats touch a file, which must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  gunicorn makes the file safely
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """Let the worker seal the history beside answering requests."""
    worker.wsgi.extensions["sealer"].start()


def worker_exit(server: Any, worker: Any) -> None:
    """Let a worker that ends finish what it seals; one that never came to be has no app."""
    if hasattr(worker, "wsgi"):
        worker.wsgi.extensions["sealer"].stop()
