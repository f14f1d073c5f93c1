"""A proxy on loopback in front of a static web server, with the faults that real networks, caches and object stores have.

http_fault_proxy.py UPSTREAM_PORT LOG: prints its port; writes each request it passes on to LOG, and to LOG.peak how many slow ones were under
way at once. A path /FAULT/TIMES/PART/REST asks for /REST,
and the first TIMES requests (a number, or "all") for each file and range get FAULT, when REST contains PART ("any": always):
  none       passed on                          reset      the connection is reset in the middle of the body
  short      the body ends before its length    cut        length and body are both cut, the range is not
  shifted    another Content-Range              total      a Content-Range of a file of another size
  whole      the whole file with status 200     flip       one bit of the body is another
  encoded    says that the body is compressed   longer     a longer body than asked for
  stall      half a body, then nothing          silent     no answer
  404, 416, 500, 503                            that status; 503 asks to wait for a second
  moved      a redirect to /none/...            loop       redirects without end
  slow       0.2 s late, see LOG.peak            nameless   without ETag and Last-Modified
  replaced   all but the first requests for a file are answered from /other/... instead of /shards/...
  swapped    the same, and nameless
"""

import http.client
import re
import socket
import struct
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

UPSTREAM, LOG = int(sys.argv[1]), sys.argv[2]
OPENING_REQUESTS = 3  # end of the file, tables, header
counts = Counter()
lock = threading.Lock()


def count(key):
    with lock:
        counts[key] += 1
        return counts[key]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet

    def log_message(self, *arguments):
        pass

    def ask(self, path, with_range=True):
        names = ("Range", "If-Range") if with_range else ()
        headers = {name: self.headers[name] for name in names if name in self.headers}
        with lock, open(LOG, "a", encoding="utf-8") as log:
            log.write(f"{path} {headers.get('Range', '-')}\n")
        connection = http.client.HTTPConnection("127.0.0.1", UPSTREAM)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        kept = ("ETag", "Last-Modified", "Content-Range")
        return answer.status, {name: answer.headers[name] for name in kept if name in answer.headers}, body

    def answer(self, status, headers, body, length=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def do_GET(self):
        fault, times, part, path = re.fullmatch(r"/(\w+)/(\w+)/(\w+)(/.*)", self.path).groups()
        number = count((self.path, self.headers.get("Range")))
        if (times != "all" and number > int(times)) or part not in ("any", *re.split(r"\W", path)):
            fault = "none"
        self.close_connection = fault in ("reset", "short", "longer", "stall", "silent")
        if fault in ("404", "416", "500", "503"):
            return self.answer(int(fault), {"Retry-After": "1"} if fault == "503" else {}, b"no")
        if fault == "silent":
            return time.sleep(5)
        if fault in ("moved", "loop"):
            place = self.path if fault == "loop" else f"/none/0/any{path}"
            return self.answer(302, {"Location": place}, b"")
        if fault in ("replaced", "swapped") and count(self.path) > OPENING_REQUESTS:
            path = path.replace("/shards/", "/other/", 1)
        return self.spoil(fault, *self.ask(path, fault != "whole"))

    def spoil(self, fault, status, headers, body):
        half = len(body) // 2
        if fault in ("reset", "short", "stall"):
            self.answer(status, headers, body[:half], len(body))
            if fault == "reset":
                self.reset()
            elif fault == "stall":
                time.sleep(5)
            return
        if fault == "cut":
            body = body[:half]
        elif fault == "longer":
            body += b"x" * (1000000 if status == 200 else 1)
        elif fault == "flip":
            body = body[:half] + bytes([body[half] ^ 4]) + body[half + 1:]
        elif fault == "encoded":
            headers["Content-Encoding"] = "gzip"
        elif fault == "slow":
            with lock, open(LOG + ".peak", "a", encoding="utf-8") as peak:
                counts["slow"] += 1
                peak.write(f"{counts['slow']}\n")
            time.sleep(0.2)
            with lock:
                counts["slow"] -= 1
        elif fault in ("nameless", "swapped"):
            headers = {"Content-Range": headers["Content-Range"]} if status == 206 else {}
        elif fault in ("shifted", "total") and status == 206:
            first, last, total = map(int, re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", headers["Content-Range"]).groups())
            step = int(fault == "shifted")
            headers["Content-Range"] = f"bytes {first + step}-{last + step}/{total + 1 - step}"
        self.answer(status, headers, body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):  # clients go away in these tests
        pass


server = Server(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
