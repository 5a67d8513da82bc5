"""Documents and paths that the cases use."""

GROUP = "bitcoincontroller.christianb93.github.com"
CRD = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/bitcoinnetworks.{GROUP}"

PREFIXES = {
    "bitcoinnetworks": f"/apis/{GROUP}/v1",
    "statefulsets": "/apis/apps/v1",
    "leases": "/apis/coordination.k8s.io/v1",
    "roles": "/apis/rbac.authorization.k8s.io/v1",
    "rolebindings": "/apis/rbac.authorization.k8s.io/v1",
}


def path(resource, namespace=None, name=None, sub=None):
    """Path of a resource's collection, of one object, or of a subresource."""
    parts = [PREFIXES.get(resource, "/api/v1")]
    if namespace:
        parts += ["namespaces", namespace]
    parts += [part for part in (resource, name, sub) if part]
    return "/".join(parts)


def meta(name, **more):
    return {"name": name, **more}


def network(name="net", nodes=3, metadata=None, **spec):
    return {"apiVersion": f"{GROUP}/v1", "kind": "BitcoinNetwork",
            "metadata": meta(name, **(metadata or {})), "spec": {"nodes": nodes, **spec}}


def config_map(name="map", data=None, **metadata):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(name, **metadata),
            "data": {"a": "1"} if data is None else data}


def secret(name="secret", **data):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta(name), "stringData": data}


def service(name="svc", **spec):
    return {"apiVersion": "v1", "kind": "Service", "metadata": meta(name),
            "spec": {"selector": {"app": name}, "ports": [{"name": "p2p", "port": 18444}], **spec}}


def pod(name="pod", **spec):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta(name),
            "spec": {"containers": [{"name": "main", "image": "example/image:1"}], **spec}}


def stateful_set(name="sts", replicas=0, **spec):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": meta(name),
            "spec": {"serviceName": name, "replicas": replicas,
                     "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": {"containers": [
                         {"name": "main", "image": "example/image:1"}]}}, **spec}}


def owner(document, **more):
    """An owner reference to the document."""
    return {"apiVersion": document["apiVersion"], "kind": document["kind"],
            "name": document["metadata"]["name"], "uid": document["metadata"]["uid"], **more}
