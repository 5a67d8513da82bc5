"""WATCH: order, bookmarks, the initial list, history that is gone. Facts rows 14, 15, 16, 17."""

import time

from .support import client, documents
from .support.case import ConformanceCase, version
from .support.target import TARGET

SHORT_S = "2"
LONG_S = "30"


class WatchTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.collection = self.path("bitcoinnetworks")
        self.target = self.path("bitcoinnetworks", "net")

    def here(self):
        return self.admin.get(self.collection)["metadata"]["resourceVersion"]

    def open(self, **query):
        stream = self.admin.watch(self.collection, **{"timeoutSeconds": LONG_S, **query})
        self.addCleanup(stream.connection.close)
        return stream

    def take(self, stream, count):
        """The next `count` events as (type, name, version)."""
        return [(e["type"], e["object"]["metadata"]["name"], version(e["object"]))
                for e in (stream.next() for _ in range(count))]

    def test_changes_since_a_version_in_order(self):
        start = self.here()
        made = self.create(documents.network())
        changed = self.ok(self.admin.patch(self.target, {"spec": {"nodes": 4}})).json
        self.ok(self.admin.delete(self.target))
        events = self.take(self.open(resourceVersion=start), 3)
        self.assertEqual([("ADDED", "net", version(made)), ("MODIFIED", "net", version(changed))],
                         events[:2])
        self.assertEqual(("DELETED", "net"), events[2][:2])
        self.assertGreater(events[2][2], version(changed))

    def test_deleted_event_has_the_last_object_and_the_version_of_the_deletion(self):
        made = self.create(documents.network())
        stream = self.open(resourceVersion=str(version(made)))
        self.ok(self.admin.delete(self.target))
        event = stream.next()
        self.assertEqual(("DELETED", 3), (event["type"], event["object"]["spec"]["nodes"]))
        self.assertGreater(version(event["object"]), version(made))

    def test_events_arrive_as_they_happen(self):
        stream = self.open(resourceVersion=self.here())
        for nodes in range(3):
            self.create(documents.network(f"n{nodes}"))
            self.assertEqual(f"n{nodes}", stream.next()["object"]["metadata"]["name"])

    def test_header_arrives_before_any_event(self):
        stream = self.open(resourceVersion=self.here())
        self.assertEqual((200, "application/json", "chunked"), (
            stream.code, stream.response.headers["Content-Type"],
            stream.response.headers["Transfer-Encoding"]))

    def test_without_a_version_what_is_there_comes_first(self):
        self.create(documents.network("a"))
        self.create(documents.network("b"))
        for query in ({}, {"resourceVersion": "0"}):
            with self.subTest(query):
                events = self.take(self.open(**query), 2)
                self.assertEqual([("ADDED", "a"), ("ADDED", "b")], sorted(e[:2] for e in events))

    def test_no_op_and_dry_run_make_no_event(self):
        made = self.create(documents.network())
        stream = self.open(resourceVersion=str(version(made)))
        self.ok(self.admin.patch(self.target, {"spec": {"nodes": 3}}))
        self.ok(self.admin.patch(self.target, {"spec": {"nodes": 9}}, dryRun="All"))
        self.ok(self.admin.patch(self.target, {"spec": {"nodes": 5}}))
        self.assertEqual(5, stream.next()["object"]["spec"]["nodes"])

    def test_status_write_is_an_event(self):
        made = self.create(documents.network())
        stream = self.open(resourceVersion=str(version(made)))
        self.ok(self.admin.patch(self.target + "/status", {"status": {"phase": "Ready"}}))
        self.assertEqual("Ready", stream.next()["object"]["status"]["phase"])

    def test_deletion_with_finalizer_is_modified_then_deleted(self):
        made = self.create(documents.network(metadata={"finalizers": ["example.com/hold"]}))
        stream = self.open(resourceVersion=str(version(made)))
        self.ok(self.admin.delete(self.target))
        self.ok(self.admin.patch(self.target, {"metadata": {"finalizers": None}}))
        first, second = stream.next(), stream.next()
        self.assertEqual(("MODIFIED", "DELETED"), (first["type"], second["type"]))
        self.assertIn("deletionTimestamp", first["object"]["metadata"])

    def test_server_ends_the_stream_at_the_timeout(self):
        started = time.monotonic()
        stream = self.open(resourceVersion=self.here(), timeoutSeconds=SHORT_S)
        self.assertIsNone(stream.next())
        self.assertGreaterEqual(time.monotonic() - started, float(SHORT_S) - 0.5)

    # -- selectors ---------------------------------------------------------------------

    def test_selected_by_label_objects_come_and_go(self):
        start = self.here()
        self.create(documents.network(metadata={"labels": {"k": "1"}}))
        self.create(documents.network("other"))
        self.ok(self.admin.patch(self.target, {"metadata": {"labels": {"k": None}}}))
        self.ok(self.admin.patch(self.target, {"metadata": {"labels": {"k": "2"}}}))
        stream = self.open(resourceVersion=start, labelSelector="k")
        events = self.take(stream, 3)
        self.assertEqual([("ADDED", "net"), ("DELETED", "net"), ("ADDED", "net")],
                         [e[:2] for e in events])

    def test_one_object_by_field(self):
        start = self.here()
        self.create(documents.network("other"))
        self.create(documents.network())
        stream = self.open(resourceVersion=start, fieldSelector="metadata.name=net")
        self.assertEqual("net", stream.next()["object"]["metadata"]["name"])

    def test_one_namespace(self):
        other = self.make_namespace()
        start = self.here()
        self.created(self.admin.post(self.path("bitcoinnetworks", namespace=other),
                                     documents.network("there")))
        self.create(documents.network("here"))
        stream = self.open(resourceVersion=start)
        self.assertEqual("here", stream.next()["object"]["metadata"]["name"])

    # -- bookmarks and the initial list ------------------------------------------------

    def test_bookmark_before_the_deadline(self):
        stream = self.open(resourceVersion=self.here(), timeoutSeconds="8",
                           allowWatchBookmarks="true")
        event = stream.next()
        self.assertEqual("BOOKMARK", event["type"])
        shape = event["object"]
        self.assertEqual(("BitcoinNetwork", f"{documents.GROUP}/v1"),
                         (shape["kind"], shape["apiVersion"]))
        self.assertGreater(version(shape), 0)
        self.assertNotIn("name", shape["metadata"])

    def initial(self, **query):
        return self.open(sendInitialEvents="true", allowWatchBookmarks="true",
                         resourceVersionMatch="NotOlderThan", **query)

    def test_initial_list_ends_with_an_annotated_bookmark(self):
        last = max(version(self.create(documents.network(name))) for name in ("a", "b"))
        for query in ({}, {"resourceVersion": "0"}, {"resourceVersion": str(last)}):
            with self.subTest(query):
                stream = self.initial(**query)
                self.assertEqual({("ADDED", "a"), ("ADDED", "b")},
                                 {e[:2] for e in self.take(stream, 2)})
                end = stream.next()
                self.assertEqual("BOOKMARK", end["type"])
                self.assertEqual({"k8s.io/initial-events-end": "true"},
                                 end["object"]["metadata"]["annotations"])
                self.assertGreaterEqual(version(end["object"]), last)

    def test_initial_list_goes_on_as_a_watch(self):
        stream = self.initial()
        self.assertEqual("BOOKMARK", stream.next()["type"])
        self.create(documents.network())
        self.assertEqual(("ADDED", "net"), self.take(stream, 1)[0][:2])

    def test_initial_list_needs_its_match(self):
        answer = self.admin.get(self.collection, watch="true", sendInitialEvents="true",
                                allowWatchBookmarks="true")
        self.refused(answer, 422, "Invalid", "sendInitialEvents requires setting "
                                             "resourceVersionMatch to NotOlderThan")

    def test_initial_list_is_for_watches_only(self):
        answer = self.admin.get(self.collection, sendInitialEvents="true",
                                resourceVersionMatch="NotOlderThan")
        self.refused(answer, 422, "Invalid", "sendInitialEvents is forbidden for list")

    # -- history -----------------------------------------------------------------------

    def test_history_that_is_gone_is_an_error_event(self):
        # Version 1 is older than every watch cache.
        stream = self.open(resourceVersion="1")
        self.assertEqual(200, stream.code)
        event = stream.next()
        status = event["object"]
        self.assertEqual(("ERROR", "Status", "Failure", 410, "Expired"), (
            event["type"], status["kind"], status["status"], status["code"], status["reason"]))
        self.assertRegex(status["message"], r"^too old resource version: 1 \(\d+\)$")
        self.assertIsNone(stream.next())

    def test_version_that_is_no_number(self):
        answer = self.admin.get(self.collection, watch="true", resourceVersion="abc")
        self.assertEqual(500, answer.code, answer)
        self.assertEqual('resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": '
                         "invalid syntax", answer.message)

    # -- other forms -------------------------------------------------------------------

    def test_watch_as_table(self):
        self.create(documents.network())
        stream = self.admin.watch(self.collection, accept=client.TABLE, timeoutSeconds=LONG_S)
        self.addCleanup(stream.connection.close)
        event = stream.next()
        self.assertEqual(("ADDED", "Table"), (event["type"], event["object"]["kind"]))
        self.assertEqual("net", event["object"]["rows"][0]["cells"][0])
        self.assertTrue(event["object"]["columnDefinitions"])
        self.ok(self.admin.patch(self.target, {"spec": {"nodes": 4}}))
        # Only the first event says what the columns are.
        self.assertEqual([], stream.next()["object"]["columnDefinitions"] or [])

    def test_watch_of_a_kind_that_is_not_there(self):
        answer = self.admin.get(f"/apis/{documents.GROUP}/v1/nothing", watch="true")
        self.assertEqual((404, "404 page not found\n"), (answer.code, answer.text))

    def test_watch_on_one_object(self):
        self.create(documents.network())
        stream = self.admin.watch(self.collection, timeoutSeconds=LONG_S,
                                  fieldSelector="metadata.name=net")
        self.addCleanup(stream.connection.close)
        self.assertEqual("net", stream.next()["object"]["metadata"]["name"])


class FrozenHistoryTest(ConformanceCase):
    def test_compaction_disturbs_no_open_watch(self):
        if TARGET.plane is None:
            self.skipTest("needs a server whose history it may compact")
        collection = self.path("bitcoinnetworks")
        start = self.admin.get(collection)["metadata"]["resourceVersion"]
        with self.admin.watch(collection, resourceVersion=start, timeoutSeconds=LONG_S) as stream:
            self.create(documents.network("a"))
            TARGET.plane.compact()
            self.create(documents.network("b"))
            names = [stream.next()["object"]["metadata"]["name"] for _ in range(2)]
        self.assertEqual(["a", "b"], names)
