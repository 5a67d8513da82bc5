"""Networks that the schema would refuse, as an older one may have let them in."""

import json

from . import networks
from .case import ClusterCase
from .cluster import CRD

TOO_MANY = 100_000  # not -1: the scale subresource refuses that under any schema


class LooseSchemaCase(ClusterCase):
    """The schema is as it was when the case has ended."""

    def setUp(self):
        super().setUp()
        self.need_own_control_plane()
        self.loosen()

    def loosen(self):
        version = self.kubectl.json("get", "crd", CRD)["spec"]["versions"][0]
        self.addCleanup(self.use_schema, version["schema"]["openAPIV3Schema"], strict=True)
        self.use_schema({"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        strict=False)

    def use_schema(self, schema, strict):
        patch = [{"op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema",
                  "value": schema}]
        self.kubectl("patch", "crd", CRD, "--type=json", "-p", json.dumps(patch))
        self.eventually(f"the schema is {'strict' if strict else 'loose'}",
                        lambda: (self.judge(TOO_MANY) != 0) == strict)

    def judge(self, nodes):
        document = networks.network("default", "judged", nodes)
        return self.kubectl.attempt("create", "--dry-run=server", "-f", "-",
                                    stdin=json.dumps(document)).returncode
