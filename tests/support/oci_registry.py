"""A real OCI registry on a free port of 127.0.0.1: Debian's docker-registry, in one of four modes.

    missing()                             why there can be none here; "" when there can
    with OciRegistry("token") as server:
        server.host                       "127.0.0.1:PORT"
        server.certificate                PEM file, of the mode `tls`
        server.stop()                     nobody answers any more
    with CuttingProxy(server.host, 10**7) as proxy:
        proxy.host                        the same registry; a connection breaks after so many bytes of answers
        proxy.cuts                        how often that happened

Modes: `open`; `login` (Basic, user `ci`, password `secret`); `token` (the same login, at a token service of our own;
everybody may pull); `tls` (a self-signed certificate). Everything is in a folder that ends with it. Used by tests only.
"""

import base64
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

USER, PASSWORD = "ci", "secret"
SERVICE, ISSUER = "reef-test", "reef-test-tokens"
PATIENCE = 20  # seconds, for the server to begin


def missing():
    for program, package in (("docker-registry", "docker-registry"), ("htpasswd", "apache2-utils"), ("openssl", "openssl")):
        if shutil.which(program) is None:
            return f"`{program}` is not installed (Debian's {package})"
    return ""


def self_signed(folder, name):
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


def encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenService:
    """Gives tokens as docker-registry wants them: JWTs whose certificate it trusts. RSA, by the openssl program."""

    def __init__(self, folder):
        self.key, self.certificate = folder / "token.key", folder / "token.crt"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=token",
                        "-keyout", self.key, "-out", self.certificate], check=True, capture_output=True)
        self.given = []  # (user, scopes) of each token
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                service.serve(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, request):
        login = request.headers.get("Authorization", "")
        known = login == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if login and not known:
            request.send_response(401)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        query = urllib.parse.parse_qs(urllib.parse.urlparse(request.path).query)
        scopes = [one for text in query.get("scope", []) for one in text.split(" ")]
        access = []
        for scope in scopes:
            kind, name, actions = scope.split(":", 2)
            access.append({"type": kind, "name": name,
                           "actions": [action for action in actions.split(",") if known or action == "pull"]})
        self.given.append((USER if known else "", scopes))
        token = self.sign({"iss": ISSUER, "sub": USER if known else "", "aud": query.get("service", [SERVICE])[0],
                           "exp": int(time.time()) + 60, "nbf": int(time.time()) - 5, "iat": int(time.time()),
                           "jti": str(time.time_ns()), "access": access})
        body = json.dumps({"token": token, "expires_in": 60}).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def sign(self, claims):
        lines = self.certificate.read_text().splitlines()
        header = {"alg": "RS256", "typ": "JWT", "x5c": ["".join(line for line in lines if not line.startswith("-"))]}
        text = ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=text.encode(), check=True,
                                   capture_output=True).stdout
        return f"{text}.{encoded(signature)}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class OciRegistry:
    def __init__(self, mode="open"):
        self.mode = mode
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reef-oci-registry-"))
        self.tokens = None
        self.certificate = None
        self.process = None

    def __enter__(self):
        http_part, auth = {"addr": "127.0.0.1:0", "secret": "of no worth"}, {}
        if self.mode == "login":
            line = subprocess.run(["htpasswd", "-Bbn", USER, PASSWORD], check=True, capture_output=True, text=True).stdout
            (self.folder / "htpasswd").write_text(line)
            auth = {"auth": {"htpasswd": {"realm": "test", "path": str(self.folder / "htpasswd")}}}
        elif self.mode == "token":
            self.tokens = TokenService(self.folder)
            auth = {"auth": {"token": {"realm": self.tokens.url, "service": SERVICE, "issuer": ISSUER,
                                       "rootcertbundle": str(self.tokens.certificate)}}}
        elif self.mode == "tls":
            key, self.certificate = self_signed(self.folder, "localhost")
            http_part["tls"] = {"certificate": str(self.certificate), "key": str(key)}
        config = {"version": "0.1", "log": {"level": "info"}, "http": http_part, **auth,
                  "storage": {"filesystem": {"rootdirectory": str(self.folder / "store")}, "delete": {"enabled": True},
                              "maintenance": {"uploadpurging": {"enabled": False}}}}
        (self.folder / "config.yml").write_text(json.dumps(config))  # JSON is YAML
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", str(self.folder / "config.yml")], stdout=log,
                                            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.folder,
                                            env={"PATH": os.environ["PATH"], "HOME": str(self.folder),
                                                 "OTEL_TRACES_EXPORTER": "none"})
        self.host = f"127.0.0.1:{self.wait_for_port()}"
        return self

    def wait_for_port(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(r"listening on 127\.0\.0\.1:(\d+)", self.log())
            if found:
                return int(found.group(1))
            time.sleep(0.02)
        raise RuntimeError(f"docker-registry did not begin: {self.log()}")

    def log(self):
        return (self.folder / "log").read_text(errors="replace")

    def blobs(self):
        """Files of blobs (manifests are some of them), by digest."""
        top = self.folder / "store/docker/registry/v2/blobs/sha256"
        return {path.parent.name: path for path in top.glob("*/*/data")}

    def stop(self):
        """Also earlier than it would end, and more than once."""
        if not self.folder.exists():
            return
        self.process.terminate()
        self.process.wait(timeout=PATIENCE)
        if self.tokens:
            self.tokens.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __exit__(self, *_):
        self.stop()


class CuttingProxy:
    def __init__(self, host, most):
        self.target = (host.split(":")[0], int(host.split(":")[1]))
        self.most = most
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.target)
            for source, sink, most in ((client, server, None), (server, client, self.most)):
                threading.Thread(target=self.copy, args=(source, sink, most), daemon=True).start()

    def copy(self, source, sink, most):
        passed = 0
        try:
            while data := source.recv(1 << 16):
                if most is not None and passed + len(data) > most:
                    self.cuts += 1
                    break
                sink.sendall(data)
                passed += len(data)
        except OSError:
            pass  # the other direction has ended
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
