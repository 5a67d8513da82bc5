"""What deploy/rbac.yaml lets the controller do, and in which words the rest is refused. Row 20."""

from controlplane.account import USER

from .support import documents
from .support.case import ConformanceCase
from .support.target import TARGET


class RightsTest(ConformanceCase):
    def setUp(self):
        super().setUp()
        self.account = TARGET.account()
        self.addCleanup(self.account.close)

    def forbidden(self, answer, verb, resource, group="", name=None, where=None):
        self.refused(answer, 403, "Forbidden")
        dotted = resource.partition("/")[0] + (f".{group}" if group else "")
        subject = f'{dotted} "{name}"' if name else dotted
        scope = where or f'in the namespace "{self.namespace}"'
        self.assertEqual(f'{subject} is forbidden: User "{USER}" cannot {verb} resource '
                         f'"{resource}" in API group "{group}" {scope}', answer.message)

    def test_reads_that_it_needs(self):
        for resource in ("bitcoinnetworks", "statefulsets", "services", "pods"):
            with self.subTest(resource):
                self.ok(self.account.get(documents.path(resource)))
                self.ok(self.account.get(self.path(resource)))

    def test_secrets_are_read_one_by_one(self):
        self.create(documents.secret())
        self.ok(self.account.get(self.path("secrets", "secret")))
        self.forbidden(self.account.get(self.path("secrets")), "list", "secrets")
        self.forbidden(self.account.get(documents.path("secrets")), "list", "secrets",
                       where="at the cluster scope")
        self.forbidden(self.account.get(self.path("secrets"), watch="true"), "watch", "secrets")

    def test_writes_that_it_needs(self):
        owner = self.create(documents.network())
        reference = documents.owner(owner, controller=True, blockOwnerDeletion=True)
        for resource, document in (("services", documents.service()),
                                   ("statefulsets", documents.stateful_set()),
                                   ("secrets", documents.secret())):
            document["metadata"]["ownerReferences"] = [reference]
            name = document["metadata"]["name"]
            with self.subTest(resource):
                self.created(self.account.post(self.path(resource), document))
                self.ok(self.account.apply(self.path(resource, name), document, force="true"))
        self.ok(self.account.patch(self.path("bitcoinnetworks", "net", "status"),
                                   {"status": {"phase": "Ready"}}))

    def test_writes_that_it_must_not(self):
        self.create(documents.network())
        group, target = documents.GROUP, self.path("bitcoinnetworks", "net")
        self.forbidden(self.account.patch(target, {"spec": {"nodes": 1}}), "patch",
                       "bitcoinnetworks", group, "net")
        self.forbidden(self.account.delete(target), "delete", "bitcoinnetworks", group, "net")
        self.forbidden(self.account.put(target + "/status", {}), "update",
                       "bitcoinnetworks/status", group, "net")
        self.forbidden(self.account.post(self.path("configmaps"), documents.config_map()),
                       "create", "configmaps")
        self.forbidden(self.account.delete(self.path("pods", "p")), "delete", "pods", name="p")
        self.forbidden(self.account.delete(self.path("pods")), "deletecollection", "pods")

    def test_refusal_comes_before_not_found(self):
        self.forbidden(self.account.get(self.path("configmaps", "none")), "get", "configmaps",
                       name="none")

    def test_cluster_scope(self):
        self.forbidden(self.account.get("/api/v1/nodes"), "list", "nodes",
                       where="at the cluster scope")
        self.forbidden(self.account.get("/api/v1/namespaces/default"), "get", "namespaces",
                       name="default", where='in the namespace "default"')

    def test_path_that_is_no_resource(self):
        answer = self.refused(self.account.get("/metrics"), 403, "Forbidden")
        self.assertEqual(f'forbidden: User "{USER}" cannot get path "/metrics"', answer.message)

    def test_paths_that_everybody_may_read(self):
        for path in ("/version", "/api", "/apis", "/healthz", "/livez", "/readyz", "/openapi/v3"):
            with self.subTest(path):
                self.ok(self.account.get(path))

    def test_wrong_token(self):
        stranger = TARGET.stranger("nonsense")
        self.addCleanup(stranger.close)
        answer = self.refused(stranger.get("/api/v1/pods"), 401, "Unauthorized")
        self.assertEqual("Unauthorized", answer.message)

    def test_no_credentials(self):
        stranger = TARGET.stranger()
        self.addCleanup(stranger.close)
        answer = self.refused(stranger.get("/api/v1/pods"), 403, "Forbidden")
        self.assertEqual('pods is forbidden: User "system:anonymous" cannot list resource "pods" '
                         'in API group "" at the cluster scope', answer.message)


class ReviewTest(ConformanceCase):
    def review(self, client, verb, resource, group="", **more):
        attributes = {"verb": verb, "resource": resource, "group": group,
                      "namespace": self.namespace, **more}
        answer = client.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes}})
        return self.created(answer)["status"]["allowed"]

    def test_what_may_i_do(self):
        account = TARGET.account()
        self.addCleanup(account.close)
        self.assertTrue(self.review(account, "create", "statefulsets", "apps"))
        self.assertTrue(self.review(account, "patch", "bitcoinnetworks", documents.GROUP,
                                    subresource="status"))
        self.assertFalse(self.review(account, "patch", "bitcoinnetworks", documents.GROUP))
        self.assertFalse(self.review(account, "list", "secrets"))
        self.assertTrue(self.review(self.admin, "delete", "nodes"))

    def test_impersonation(self):
        answer = self.admin.request("GET", self.path("secrets"),
                                    headers={"Impersonate-User": USER})
        self.refused(answer, 403, "Forbidden", f'User "{USER}" cannot list resource "secrets"')

    def test_who_am_i(self):
        answer = self.created(self.admin.post(
            "/apis/authentication.k8s.io/v1/selfsubjectreviews", {
                "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}))
        self.assertIn("system:masters", answer["status"]["userInfo"]["groups"])

    def test_token_review(self):
        token = TARGET.account().token
        for text, good in ((token, True), ("nonsense", False)):
            answer = self.created(self.admin.post(
                "/apis/authentication.k8s.io/v1/tokenreviews", {
                    "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                    "spec": {"token": text}}))
            self.assertEqual(good, answer["status"].get("authenticated", False), answer)
            if good:
                self.assertEqual(USER, answer["status"]["user"]["username"])


class TokenTest(ConformanceCase):
    TARGET_PATH = ("/api/v1/namespaces/bitcoin-controller/serviceaccounts/"
                   "bitcoin-controller-sva/token")

    def request(self, **spec):
        return self.admin.post(self.TARGET_PATH, {
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec})

    def test_token_is_a_jwt_with_an_expiry(self):
        status = self.created(self.request(expirationSeconds=7200))["status"]
        self.assertEqual(3, len(status["token"].split(".")))
        self.assertRegex(status["expirationTimestamp"], r"Z$")

    def test_token_works(self):
        token = self.created(self.request())["status"]["token"]
        holder = TARGET.stranger(token)
        self.addCleanup(holder.close)
        self.ok(holder.get(self.path("bitcoinnetworks")))

    def test_short_tokens_are_refused(self):
        self.refused(self.request(expirationSeconds=60), 422, "Invalid",
                     "may not specify a duration less than 10 minutes")

    def test_account_must_exist(self):
        answer = self.admin.post(self.path("serviceaccounts", "nobody", "token"), {
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})
        self.refused(answer, 404, "NotFound", 'serviceaccounts "nobody" not found')

    def test_token_dies_with_the_secret_it_is_bound_to(self):
        holder = "conformance-holder"
        secrets = documents.path("secrets", "bitcoin-controller")
        self.created(self.admin.post(secrets, documents.secret(holder)))
        self.addCleanup(self.admin.delete, f"{secrets}/{holder}")
        token = self.created(self.request(boundObjectRef={
            "apiVersion": "v1", "kind": "Secret", "name": holder}))["status"]["token"]
        user = TARGET.stranger(token)
        self.addCleanup(user.close)
        self.ok(user.get(self.path("bitcoinnetworks")))
        self.admin.delete(f"{secrets}/{holder}")
        # The real server remembers a good token for 10 s.
        self.eventually("the token is refused",
                        lambda: user.get(self.path("bitcoinnetworks")).code == 401, 30)
