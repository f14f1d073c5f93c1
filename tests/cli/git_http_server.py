"""A smart HTTP git server on loopback for tests, with the faults that real ones have.

git_http_server.py ROOT LOG: serves the bare repositories below ROOT through `git http-backend`, prints its port, and writes
each request to LOG. The first part of the path says how it behaves:
  open      anonymous              auth    basic authentication, reader:sesame
  moved     redirects to /open     away    redirects to another address
  stall     never answers          cut     ends in the middle of the pack
  busy      503 for the first two requests
"""

import base64
import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ROOT, LOG = sys.argv[1], sys.argv[2]
LOGIN = "Basic " + base64.b64encode(b"reader:sesame").decode()
busy_answers = 2


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{self.client_address[0]} {self.command} {self.path}\n")

    def end(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self):
        global busy_answers
        mode, _, rest = self.path[1:].partition("/")
        host = self.headers["Host"]
        if mode == "moved":
            return self.end(301, Location=f"http://{host}/open/{rest}")
        if mode == "away":
            return self.end(302, Location=f"http://127.0.0.2:{host.split(':')[1]}/open/{rest}")
        if mode == "auth" and self.headers.get("Authorization") != LOGIN:
            return self.end(401, WWW_Authenticate='Basic realm="test"')
        if mode == "stall":
            time.sleep(600)
        if mode == "busy" and busy_answers > 0:
            busy_answers -= 1
            return self.end(503)
        return self.run_git(rest, cut=mode == "cut" and self.command == "POST")

    def run_git(self, rest, cut):
        path, _, query = rest.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        environment = {
            **os.environ,
            "GIT_PROJECT_ROOT": ROOT,
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": "/" + path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "reader",
        }
        result = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = result.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        # In protocol 2 the first POST lists references and is short; only the pack is long enough to be cut.
        self.wfile.write(content[: len(content) // 2] if cut and b"packfile" in content else content)
        self.close_connection = True

    do_GET = do_POST = answer


# Nothing answers at 127.0.0.2: following a redirect there would show as another error.
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
