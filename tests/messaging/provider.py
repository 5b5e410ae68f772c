"""A provider on this machine: a real HTTP server that keeps every call and answers as the test says."""

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def query(self):
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def json(self):
        return json.loads(self.body)


class Provider:
    """``answer`` maps a call to ``(status, body)``; ``hangs`` takes the call and never answers."""

    def __init__(self, port):
        self.address = f"127.0.0.1:{port}"
        self.calls = []
        self.hangs = False
        self.over = threading.Event()
        self.answer = lambda call: (200, {})

    def says(self, body, status=200):
        self.answer = lambda call: (status, body)


@contextmanager
def running():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.provider = Provider(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.provider
    finally:
        server.provider.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    def take(self):
        provider = self.server.provider
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = Call(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        provider.calls.append(call)
        if provider.hangs:
            provider.over.wait(5)
            return
        status, answer = provider.answer(call)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = take

    def log_message(self, *args):
        """Stay silent."""
