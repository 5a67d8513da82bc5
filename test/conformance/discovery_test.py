"""What kubectl asks before it does anything: versions, groups, resources, OpenAPI, tables."""

import json

from .support import client, documents
from .support.case import ConformanceCase

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
OUR_RESOURCE = f"/apis/{documents.GROUP}/v1"


class DiscoveryTest(ConformanceCase):
    def test_version(self):
        found = self.ok(self.admin.get("/version"))
        self.assertEqual("1", found["major"])
        self.assertRegex(found["gitVersion"], r"^v1\.\d+\.\d+")

    def test_health(self):
        for path in ("/healthz", "/livez", "/readyz"):
            with self.subTest(path):
                answer = self.ok(self.admin.get(path))
                self.assertEqual("ok", answer.text)

    def test_core_versions(self):
        found = self.ok(self.admin.get("/api"))
        self.assertEqual(("APIVersions", ["v1"]), (found["kind"], found["versions"]))

    def test_groups(self):
        found = self.ok(self.admin.get("/apis"))
        self.assertEqual("APIGroupList", found["kind"])
        groups = {group["name"]: group for group in found["groups"]}
        for name in ("apps", documents.GROUP, "apiextensions.k8s.io", "authorization.k8s.io",
                     "authentication.k8s.io", "rbac.authorization.k8s.io", "coordination.k8s.io"):
            self.assertIn(name, groups)
        self.assertEqual({"groupVersion": f"{documents.GROUP}/v1", "version": "v1"},
                         groups[documents.GROUP]["preferredVersion"])

    def test_one_group(self):
        found = self.ok(self.admin.get(f"/apis/{documents.GROUP}"))
        self.assertEqual(("APIGroup", documents.GROUP), (found["kind"], found["name"]))

    def test_unknown_group(self):
        for path in ("/apis/nothing.example", "/apis/nothing.example/v1", "/nonsense"):
            with self.subTest(path):
                answer = self.admin.get(path)
                self.assertEqual((404, "404 page not found\n"), (answer.code, answer.text))

    def test_our_resources(self):
        found = self.ok(self.admin.get(OUR_RESOURCE))
        self.assertEqual("APIResourceList", found["kind"])
        resources = {item["name"]: item for item in found["resources"]}
        self.assertEqual({"bitcoinnetworks", "bitcoinnetworks/status", "bitcoinnetworks/scale"},
                         set(resources))
        ours = resources["bitcoinnetworks"]
        self.assertEqual(("bitcoinnetwork", True, "BitcoinNetwork", ["btcnet"], ["bitcoin"]),
                         (ours["singularName"], ours["namespaced"], ours["kind"],
                          ours["shortNames"], ours["categories"]))
        self.assertEqual({"delete", "deletecollection", "get", "list", "patch", "create", "update",
                          "watch"}, set(ours["verbs"]))
        scale = resources["bitcoinnetworks/scale"]
        self.assertEqual(("autoscaling", "v1", "Scale"),
                         (scale["group"], scale["version"], scale["kind"]))

    def test_core_resources(self):
        found = self.ok(self.admin.get("/api/v1"))
        resources = {item["name"]: item for item in found["resources"]}
        for name, short, kind in (("pods", ["po"], "Pod"), ("services", ["svc"], "Service"),
                                  ("configmaps", ["cm"], "ConfigMap"),
                                  ("namespaces", ["ns"], "Namespace"),
                                  ("events", ["ev"], "Event"), ("nodes", ["no"], "Node"),
                                  ("serviceaccounts", ["sa"], "ServiceAccount")):
            self.assertEqual((short, kind), (resources[name]["shortNames"], resources[name]["kind"]))
        for name in ("pods/status", "pods/log", "namespaces/finalize", "serviceaccounts/token",
                     "secrets"):
            self.assertIn(name, resources)
        self.assertFalse(resources["namespaces"]["namespaced"])

    def test_everything_in_one_answer(self):
        for path, group in (("/api", None), ("/apis", documents.GROUP)):
            with self.subTest(path):
                answer = self.ok(self.admin.request("GET", path, accept=AGGREGATED + "," +
                                                    client.JSON))
                self.assertEqual(("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2"),
                                 (answer["kind"], answer["apiVersion"]))
                item = next(i for i in answer["items"] if i["metadata"].get("name") == group)
                self.assertEqual("v1", item["versions"][0]["version"])
        ours = item["versions"][0]["resources"]
        self.assertEqual(["bitcoinnetworks"], [r["resource"] for r in ours])
        self.assertEqual({"scale", "status"}, {s["subresource"] for s in ours[0]["subresources"]})
        self.assertEqual(("Namespaced", ["btcnet"], ["bitcoin"]),
                         (ours[0]["scope"], ours[0]["shortNames"], ours[0]["categories"]))


class OpenApiTest(ConformanceCase):
    def index(self):
        # The real server calls this one text/plain.
        return json.loads(self.ok(self.admin.get("/openapi/v3")).text)["paths"]

    def test_index_names_our_group(self):
        paths = self.index()
        for name in ("api/v1", "apis/apps/v1", f"apis/{documents.GROUP}/v1"):
            self.assertIn("serverRelativeURL", paths[name])

    def test_our_schema_is_there(self):
        paths = self.index()
        url = paths[f"apis/{documents.GROUP}/v1"]["serverRelativeURL"]
        found = self.ok(self.admin.get(url))
        self.assertRegex(found["openapi"], r"^3\.0")
        schemas = [s for s in found["components"]["schemas"].values()
                   if any(k["kind"] == "BitcoinNetwork"
                          for k in s.get("x-kubernetes-group-version-kind", []))]
        self.assertEqual(1, len(schemas))
        spec = schemas[0]["properties"]["spec"]
        self.assertIn("nodes", spec["properties"])
        self.assertEqual(["nodes"], spec["required"])

    def test_writes_understand_field_validation(self):
        """kubectl asks for strict validation only where the PATCH is documented to know it."""
        paths = self.index()
        found = self.ok(self.admin.get(paths[f"apis/{documents.GROUP}/v1"]["serverRelativeURL"]))
        operation = found["paths"][f"/apis/{documents.GROUP}/v1/namespaces/{{namespace}}/"
                                   "bitcoinnetworks/{name}"]["patch"]
        self.assertIn("fieldValidation", {p["name"] for p in operation["parameters"]})


class TableTest(ConformanceCase):
    def table(self, path, **query):
        answer = self.ok(self.admin.request("GET", path, accept=client.TABLE + "," + client.JSON,
                                            **query))
        self.assertEqual(("Table", "meta.k8s.io/v1"), (answer["kind"], answer["apiVersion"]))
        return answer

    def columns(self, table):
        return [(c["name"], c["type"], c["priority"]) for c in table["columnDefinitions"]]

    def test_columns_of_our_kind(self):
        self.create(documents.network())
        table = self.table(self.path("bitcoinnetworks"))
        self.assertEqual([
            ("Name", "string", 0), ("Nodes", "integer", 0), ("Ready", "integer", 0),
            ("Peers", "integer", 0), ("Height", "integer", 0), ("Phase", "string", 0),
            ("Age", "date", 0), ("Chain", "string", 1), ("Image", "string", 1),
            ("Secret", "string", 1)], self.columns(table))
        cells = table["rows"][0]["cells"]
        self.assertEqual(["net", 3, None, None, None, None], cells[:6])
        self.assertRegex(cells[6], r"^\d+s$")
        self.assertEqual("regtest", cells[7])
        meta = table["rows"][0]["object"]
        self.assertEqual(("PartialObjectMetadata", "net"), (meta["kind"], meta["metadata"]["name"]))

    def test_one_object_as_a_table(self):
        self.create(documents.network())
        table = self.table(self.path("bitcoinnetworks", "net"))
        self.assertEqual(1, len(table["rows"]))

    def test_whole_objects_or_none_in_rows(self):
        self.create(documents.network())
        table = self.table(self.path("bitcoinnetworks"), includeObject="Object")
        self.assertEqual({"nodes"}, {"nodes"} & set(table["rows"][0]["object"]["spec"]))
        table = self.table(self.path("bitcoinnetworks"), includeObject="None")
        self.assertIsNone(table["rows"][0]["object"])

    def test_columns_of_built_ins(self):
        expected = {
            "pods": "Name Ready Status Restarts Age IP Node|Nominated Node|Readiness Gates",
            "statefulsets": "Name Ready Age Containers Images",
            "services": "Name Type|Cluster-IP External-IP Port(s) Age Selector",
            "secrets": "Name Type Data Age",
            "configmaps": "Name Data Age",
            "events": "Last Seen|Type Reason Object Subobject Source Message First Seen|Count Name",
        }
        for resource in expected:
            with self.subTest(resource):
                names = [c["name"] for c in self.table(self.path(resource))["columnDefinitions"]]
                self.assertEqual(expected[resource].replace("|", " ").split(),
                                 " ".join(names).split())
        names = [c["name"] for c in self.table("/api/v1/namespaces")["columnDefinitions"]]
        self.assertEqual(["Name", "Status", "Age"], names)
        names = [c["name"] for c in self.table("/api/v1/nodes")["columnDefinitions"]]
        self.assertEqual(["Name", "Status", "Roles", "Age", "Version"], names[:5])

    def test_cells_of_built_ins(self):
        self.create(documents.stateful_set())
        self.create(documents.service(clusterIP="None"))
        self.create(documents.secret(A="1", B="2"))
        cells = self.table(self.path("statefulsets", "sts"))["rows"][0]["cells"]
        self.assertEqual(["sts", "0/0"], cells[:2])
        self.assertEqual(["main", "example/image:1"], cells[3:5])
        cells = self.table(self.path("services", "svc"))["rows"][0]["cells"]
        self.assertEqual(["svc", "ClusterIP", "None", "<none>", "18444/TCP"], cells[:5])
        self.assertEqual("app=svc", cells[6])
        cells = self.table(self.path("secrets", "secret"))["rows"][0]["cells"]
        self.assertEqual(["secret", "Opaque", 2], cells[:3])

    def test_cells_of_a_pod(self):
        self.create(documents.pod(nodeName="somewhere"))
        cells = self.table(self.path("pods", "pod"))["rows"][0]["cells"]
        self.assertEqual(["pod", "0/1"], cells[:2])
        self.assertEqual(["somewhere", "<none>", "<none>"], cells[6:9])
