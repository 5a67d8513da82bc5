"""LIST: versions, pages, selectors. Facts rows 12, 13."""

import base64
import json

from .support import client, documents
from .support.case import ConformanceCase, version
from .support.target import TARGET

FUTURE = "999999999"


class ListTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.collection = self.path("configmaps")

    def fill(self, count):
        for number in range(count):
            self.create(documents.config_map(f"m{number}", labels={"n": str(number)}))

    def names(self, answer):
        return [item["metadata"]["name"] for item in self.ok(answer)["items"]
                if item["metadata"]["name"] != "kube-root-ca.crt"]

    def test_shape(self):
        self.create(documents.network())
        found = self.ok(self.admin.get(self.path("bitcoinnetworks")))
        self.assertEqual(("BitcoinNetworkList", f"{documents.GROUP}/v1"),
                         (found["kind"], found["apiVersion"]))
        self.assertRegex(found["metadata"]["resourceVersion"], r"^\d+$")
        # Items of a custom resource name their kind, items of a built-in do not.
        self.assertEqual("BitcoinNetwork", found["items"][0]["kind"])
        self.fill(1)
        self.assertNotIn("kind", self.ok(self.admin.get(self.collection))["items"][0])

    def test_empty_list_has_no_items_but_a_version(self):
        found = self.ok(self.admin.get(self.path("bitcoinnetworks")))
        self.assertEqual([], found["items"])
        self.assertGreater(int(found["metadata"]["resourceVersion"]), 0)

    def test_list_sees_what_was_just_written(self):
        for number in range(5):
            made = self.create(documents.config_map(f"m{number}"))
            found = self.ok(self.admin.get(self.collection))
            self.assertIn(f"m{number}", self.names_of(found))
            self.assertGreaterEqual(int(found["metadata"]["resourceVersion"]), version(made))

    def names_of(self, found):
        return [item["metadata"]["name"] for item in found["items"]]

    def test_items_are_ordered_by_name(self):
        for name in ("b", "a", "c"):
            self.create(documents.config_map(name))
        self.assertEqual(["a", "b", "c"], self.names(self.admin.get(self.collection)))

    def test_version_zero_and_an_older_version_are_answered(self):
        made = self.create(documents.config_map())
        for wanted in ("0", str(version(made))):
            with self.subTest(wanted):
                self.ok(self.admin.get(self.collection, resourceVersion=wanted))

    def test_not_older_than_the_version_of_a_write(self):
        made = self.create(documents.config_map())
        found = self.admin.get(self.collection, resourceVersion=str(version(made)),
                               resourceVersionMatch="NotOlderThan")
        self.assertIn("map", self.names(found))

    def test_version_from_the_future_times_out_with_a_cause(self):
        answer = self.admin.get(self.collection, resourceVersion=FUTURE)
        self.refused(answer, 504, "Timeout", f"Too large resource version: {FUTURE}, current: ")
        self.assertEqual([("ResourceVersionTooLarge", None)], self.causes(answer))
        self.assertEqual(1, answer["details"]["retryAfterSeconds"])

    def test_exact_version(self):
        first = self.create(documents.config_map("one"))
        self.create(documents.config_map("two"))
        found = self.admin.get(self.collection, resourceVersion=str(version(first)),
                               resourceVersionMatch="Exact")
        self.assertEqual(["one"], self.names(found))
        self.assertEqual(str(version(first)), found["metadata"]["resourceVersion"])

    def test_match_needs_a_version(self):
        answer = self.admin.get(self.collection, resourceVersionMatch="Exact")
        self.refused(answer, 422, "Invalid", "resourceVersionMatch is forbidden unless "
                                             "resourceVersion is provided")

    def test_version_that_is_no_number(self):
        answer = self.admin.get(self.collection, resourceVersion="abc")
        self.refused(answer, 400, "BadRequest", "Invalid value")

    def test_get_of_one_object_at_a_version(self):
        made = self.create(documents.config_map())
        target = self.path("configmaps", "map")
        self.ok(self.admin.get(target, resourceVersion="0"))
        self.ok(self.admin.get(target, resourceVersion=str(version(made))))

    def test_across_namespaces(self):
        self.create(documents.network("here"))
        found = self.ok(self.admin.get(documents.path("bitcoinnetworks")))
        self.assertIn((self.namespace, "here"), [
            (item["metadata"]["namespace"], item["metadata"]["name"]) for item in found["items"]])

    def test_list_in_a_namespace_that_is_not_there_is_empty(self):
        found = self.ok(self.admin.get(self.path("configmaps", namespace="nowhere")))
        self.assertEqual([], found["items"])

    # -- pages -------------------------------------------------------------------------

    def test_pages_have_one_version_and_count_what_remains(self):
        self.fill(5)
        seen, token, versions, remaining = [], None, set(), []
        while token != "":
            page = self.ok(self.admin.get(self.collection, limit=2, **{"continue": token}))
            self.create(documents.config_map(f"z{len(seen)}"))  # must not appear in later pages
            seen += self.names_of(page)
            versions.add(page["metadata"]["resourceVersion"])
            remaining.append(page["metadata"].get("remainingItemCount"))
            token = page["metadata"].get("continue", "")
        seen = [name for name in seen if name != "kube-root-ca.crt"]
        self.assertEqual([f"m{n}" for n in range(5)], seen)
        self.assertEqual(1, len(versions))
        self.assertIsNone(remaining[-1])
        self.assertGreaterEqual(remaining[0], 3)

    def test_token_is_the_version_and_the_next_key(self):
        self.fill(2)
        page = self.ok(self.admin.get(self.collection, limit=1))
        token = page["metadata"]["continue"]
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        self.assertEqual("meta.k8s.io/v1", content["v"])
        self.assertEqual(page["metadata"]["resourceVersion"], str(content["rv"]))
        self.assertTrue(content["start"].endswith("\u0000"))

    def test_selected_page_does_not_say_what_remains(self):
        self.fill(3)
        page = self.ok(self.admin.get(self.collection, limit=1, labelSelector="n"))
        self.assertIn("continue", page["metadata"])
        self.assertNotIn("remainingItemCount", page["metadata"])

    def test_bad_token(self):
        answer = self.admin.get(self.collection, limit=1, **{"continue": "nonsense"})
        self.refused(answer, 400, "BadRequest", "continue key is not valid")

    def test_token_and_version_exclude_each_other(self):
        self.fill(2)
        token = self.admin.get(self.collection, limit=1)["metadata"]["continue"]
        answer = self.admin.get(self.collection, limit=1, resourceVersion="7",
                                **{"continue": token})
        self.refused(answer, 400, "BadRequest",
                     "specifying resource version is not allowed when using continue")

    def test_expired_token_offers_an_inconsistent_continuation(self):
        if TARGET.plane is None:
            self.skipTest("needs a server whose history it may compact")
        self.fill(3)
        token = self.admin.get(self.collection, limit=1)["metadata"]["continue"]
        self.create(documents.config_map("z-later"))
        # A server of 1.34 or newer serves old pages from its cache, so that has to go too.
        TARGET.plane.compact()
        TARGET.plane.restart_server()
        answer = self.admin.get(self.collection, limit=1, **{"continue": token})
        self.assertEqual((410, "Expired"), (answer.code, answer.reason), answer)
        self.assertIn("The provided continue parameter is too old to display a consistent list "
                      "result", answer.message)
        again = answer["metadata"]["continue"]
        page = self.ok(self.admin.get(self.collection, **{"continue": again}))
        self.assertIn("z-later", self.names_of(page))

    # -- selectors ---------------------------------------------------------------------

    def test_label_selectors(self):
        for name, labels in (("a", {"k": "1"}), ("b", {"k": "2"}), ("c", {})):
            self.create(documents.config_map(name, labels={"mine": "y", **labels}))
        for selector, expected in (("k=1", "a"), ("k==1", "a"), ("k!=1", "bc"), ("k", "ab"),
                                   ("!k", "c"), ("k in (1,2)", "ab"), ("k notin (1)", "bc"),
                                   ("k=1,k=2", "")):
            with self.subTest(selector):
                found = self.admin.get(self.collection, labelSelector=f"mine,{selector}")
                self.assertEqual(list(expected), self.names(found))

    def test_bad_label_selector(self):
        answer = self.admin.get(self.collection, labelSelector="a==(")
        self.refused(answer, 400, "BadRequest", "unable to parse requirement")

    def test_field_selectors(self):
        self.fill(2)
        found = self.admin.get(self.collection, fieldSelector="metadata.name=m1")
        self.assertEqual(["m1"], self.names(found))
        found = self.admin.get(self.collection,
                               fieldSelector="metadata.name!=m1,metadata.name!=kube-root-ca.crt")
        self.assertEqual(["m0"], self.names(found))

    def test_fields_of_pods_that_can_be_selected(self):
        self.create(documents.pod(nodeName="somewhere"))
        for selector, count in (("spec.nodeName=somewhere", 1), ("spec.nodeName=other", 0),
                                ("status.phase=Pending", 1), ("status.phase!=Pending", 0)):
            with self.subTest(selector):
                found = self.ok(self.admin.get(self.path("pods"), fieldSelector=selector))
                self.assertEqual(count, len(found["items"]))

    def test_field_that_cannot_be_selected(self):
        answer = self.admin.get(self.path("bitcoinnetworks"), fieldSelector="spec.nodes=3")
        self.refused(answer, 400, "BadRequest", "field label not supported: spec.nodes")

    # -- other forms -------------------------------------------------------------------

    def test_metadata_only(self):
        self.create(documents.network())
        found = self.ok(self.admin.get(self.path("bitcoinnetworks"), accept=client.METADATA))
        self.assertEqual(("PartialObjectMetadataList", "meta.k8s.io/v1"),
                         (found["kind"], found["apiVersion"]))
        item = found["items"][0]
        self.assertEqual(("PartialObjectMetadata", "net"), (item["kind"], item["metadata"]["name"]))
        self.assertNotIn("spec", item)
