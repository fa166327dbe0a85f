"""A git server on 127.0.0.1: `git http-backend` behind a login, as forges have it.

    with GitServer(folder) as server:
        server.url                  "http://127.0.0.1:PORT"; repositories are below: server.url + "/team.git"
        server.login                what Authorization must be; None: nobody is asked
        server.moved                where every request is redirected to; None: nowhere
        server.authorizations       of all requests

Used by tests only.
"""

import http.server
import os
import subprocess

from loopback_server import LoopbackServer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server.owner
        server.authorizations.append(self.headers.get("Authorization"))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if server.moved is not None:
            return self.answer(302, [("Location", server.moved + self.path)], b"")
        if server.login is not None and self.headers.get("Authorization") != server.login:
            return self.answer(401, [("WWW-Authenticate", "Basic realm=x")], b"no")
        path, _, query = self.path.partition("?")
        environment = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(server.folder), "GIT_HTTP_EXPORT_ALL": "1",
                       "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command,
                       "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                       "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                       "GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        out = subprocess.run(["git", "http-backend"], env=environment, input=body, stdout=subprocess.PIPE, check=False).stdout
        head, _, content = out.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().splitlines()]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        return self.answer(status, [each for each in headers if each[0] != "Status"], content)

    do_POST = do_GET

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class GitServer(LoopbackServer):
    def __init__(self, folder):
        super().__init__(Handler)
        self.folder = folder
        self.login = None
        self.moved = None
        self.authorizations = []
