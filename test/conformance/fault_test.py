"""Answers of a server in trouble. Facts rows 21, 22; only where a server can be put into trouble."""

import http.client
import ssl

from .support import documents
from .support.case import ConformanceCase
from .support.target import TARGET


class ConnectionTest(ConformanceCase):
    def test_plain_http_is_told_so(self):
        connection = http.client.HTTPConnection(self.admin.server.hostname,
                                                self.admin.server.port, timeout=10)
        self.addCleanup(connection.close)
        connection.request("GET", "/")
        answer = connection.getresponse()
        self.assertEqual((400, b"Client sent an HTTP request to an HTTPS server.\n"),
                         (answer.status, answer.read()))

    def test_certificate_names_loopback(self):
        self.ok(self.admin.get("/version"))
        self.assertTrue(self.admin.context.check_hostname)
        with self.assertRaises(ssl.SSLCertVerificationError):
            stranger = http.client.HTTPSConnection(
                self.admin.server.hostname, self.admin.server.port,
                context=ssl.create_default_context(), timeout=10)
            self.addCleanup(stranger.close)
            stranger.request("GET", "/version")

    def test_connection_is_kept(self):
        self.ok(self.admin.get("/version"))
        socket = self.admin.connection.sock
        self.ok(self.admin.get("/version"))
        self.assertIs(socket, self.admin.connection.sock)

    def test_unused_paths(self):
        for path in ("/api/v2", "/api/v1/nonsense", "/apis/apps/v2/statefulsets", "/x/y"):
            with self.subTest(path):
                self.assertEqual(404, self.admin.get(path).code)


class CompactionTest(ConformanceCase):
    def test_watch_after_compaction_and_restart_is_expired(self):
        if TARGET.plane is None:
            self.skipTest("needs a server that it may restart")
        collection = self.path("bitcoinnetworks")
        start = self.admin.get(collection)["metadata"]["resourceVersion"]
        self.create(documents.network())
        self.admin.delete(self.path("bitcoinnetworks", "net"))
        TARGET.plane.compact()
        TARGET.plane.restart_server()
        self.admin.close()
        stream = self.eventually("a watch", lambda: self.open(collection, start), 60)
        event = stream.next()
        self.assertEqual(("ERROR", 410, "Expired"), (event["type"], event["object"]["code"],
                                                     event["object"]["reason"]))

    def open(self, collection, start):
        try:
            stream = self.admin.watch(collection, resourceVersion=start, timeoutSeconds="30")
        except OSError:
            return None
        if stream.code != 200:
            stream.connection.close()
            return None
        self.addCleanup(stream.connection.close)
        return stream
