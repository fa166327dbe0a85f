"""What web servers of tests have in common: a free port of 127.0.0.1, a thread, an end.

    class PageServer(LoopbackServer):
        def __init__(self): super().__init__(Handler)     self.server.owner of a handler is this object

Used by tests only.
"""

import http.server
import threading


class LoopbackServer:
    def __init__(self, handler):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.http.daemon_threads = True
        self.http.owner = self
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *arguments):
        self.http.shutdown()
        self.http.server_close()
