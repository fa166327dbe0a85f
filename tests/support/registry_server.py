"""A web server of static files on 127.0.0.1, as registries are served by: ETag, conditional requests, ranges, logins;
and every kind of misbehaviour that a test asks for.

    with RegistryServer(folder) as server:
        server.url                              "http://127.0.0.1:PORT"
        server.requests                         [(path, status), ...] since the last `server.requests.clear()`
        server.faults["/registry.json"] = f     f(handler) answers instead; `None` for nothing special
        server.login = "Bearer secret"          what Authorization must be; None: nobody is asked

Used by tests only.
"""

import hashlib
import http.server
import os
import pathlib
import time

from loopback_server import LoopbackServer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "static"

    def do_GET(self):
        server = self.server.owner
        path = self.path.split("?")[0]
        server.authorizations.append(self.headers.get("Authorization"))
        fault = server.faults.get(path) or server.faults.get("*")
        if fault is not None:
            server.requests.append((path, "fault"))
            return fault(self)
        if server.login is not None and self.headers.get("Authorization") != server.login:
            return self.answer(401, b"no", {"WWW-Authenticate": "Basic realm=x"})
        file = (server.folder / path.lstrip("/")).resolve()
        if not file.is_file() or server.folder.resolve() not in file.parents:
            return self.answer(404, b"<html><title>404</title></html>", {"Content-Type": "text/html"})
        return self.serve(file.read_bytes())

    def serve(self, body):
        etag = '"%s"' % hashlib.sha256(body).hexdigest()[:20]
        headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
        if self.server.owner.etags:
            headers["ETag"] = etag
        if self.headers.get("If-None-Match") == etag:
            return self.answer(304, b"", headers)
        wanted = self.headers.get("Range", "")
        condition = self.headers.get("If-Range")
        if wanted.startswith("bytes=") and (condition is None or condition == etag):
            first = int(wanted[6:].split("-")[0])
            if first >= len(body):
                return self.answer(416, b"", {"Content-Range": f"bytes */{len(body)}"})
            headers["Content-Range"] = f"bytes {first}-{len(body) - 1}/{len(body)}"
            return self.answer(206, body[first:], headers)
        return self.answer(200, body, headers)

    def answer(self, status, body, headers=None):
        self.server.owner.requests.append((self.path.split("?")[0], status))
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class RegistryServer(LoopbackServer):
    def __init__(self, folder):
        super().__init__(Handler)
        self.folder = pathlib.Path(folder)
        self.requests = []
        self.authorizations = []
        self.faults = {}
        self.login = None
        self.etags = True

    def paths(self, status=None):
        return [path for path, answer in self.requests if status is None or answer == status]


# --- What a server may do wrong. ---


def status(number, headers=None, body=b"no"):
    return lambda handler: handler.answer(number, body, headers)


def page(handler):
    handler.answer(200, b"<!DOCTYPE html><html><title>Please log in</title></html>", {"Content-Type": "text/html"})


def cut(body, after):
    """Announces all bytes, sends some, and hangs up."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[:after])
        handler.wfile.flush()
        handler.close_connection = True
        handler.connection.close()

    return answer


def drip(body, pause=0.05):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        for byte in body:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(pause)

    return answer


def wrong_range(body):
    """A 206 that was not asked for, of other bytes."""
    return lambda handler: handler.answer(206, body[3:], {"Content-Range": f"bytes 3-{len(body) - 1}/{len(body)}"})


def redirect(url):
    return lambda handler: handler.answer(302, b"", {"Location": url})


def times(number, fault):
    """The fault the first `number` times, then nothing special."""
    left = [number]

    def answer(handler):
        left[0] -= 1
        if left[0] >= 0:
            return fault(handler)
        server = handler.server.owner
        file = server.folder / handler.path.lstrip("/")
        return handler.serve(file.read_bytes())

    return answer


def write(path, text):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def tree(folder):
    """Every file below a folder with its bytes."""
    return {os.path.relpath(os.path.join(top, name), folder): pathlib.Path(top, name).read_bytes()
            for top, _, names in os.walk(folder) for name in names}
