"""Documents that the cases apply."""

SECRET_NAME = "rpc-credentials"


def secret(namespace, name=SECRET_NAME, **data):
    data = data or {"BC_RPC_USER": "user", "BC_RPC_PASSWORD": "password"}
    return {"apiVersion": "v1", "kind": "Secret", "stringData": data,
            "metadata": {"name": name, "namespace": namespace}}


def network(namespace, name, nodes=3, **spec):
    return {"apiVersion": "bitcoincontroller.christianb93.github.com/v1", "kind": "BitcoinNetwork",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"nodes": nodes, "secret": SECRET_NAME, **spec}}


# Every optional field of the spec that ends in a child.
RICH_SPEC = {
    "imagePullPolicy": "Always",
    "imagePullSecrets": [{"name": "registry"}],
    "resources": {"requests": {"cpu": "1000m", "memory": "1Gi"}, "limits": {"memory": "2048Mi"}},
    "pod": {
        "labels": {"team": "red"},
        "annotations": {"note": "hello"},
        "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 1, "podAffinityTerm": {"topologyKey": "zone"}}]}},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone",
                                       "whenUnsatisfiable": "ScheduleAnyway"}],
    },
}


def stateful_set_like_the_go_controllers(namespace, network_document):
    """What the Go controller left behind: no labels, OrderedReady, owned by the network."""
    name = network_document["metadata"]["name"]
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1", "kind": "StatefulSet",
        "metadata": {"name": f"{name}-sts", "namespace": namespace, "ownerReferences": [{
            "apiVersion": network_document["apiVersion"], "kind": "BitcoinNetwork", "name": name,
            "uid": network_document["metadata"]["uid"], "controller": True,
            "blockOwnerDeletion": True}]},
        "spec": {"serviceName": f"{name}-svc", "replicas": 1, "selector": {"matchLabels": labels},
                 "template": {"metadata": {"labels": labels}, "spec": {"containers": [
                     {"name": "bitcoin-node", "image": "example/bitcoind:v1.0"}]}}}}
