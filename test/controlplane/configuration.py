"""The files that the components read: kubeconfigs and the audit policy."""

import json
import os

# Writes only, one line each, when the answer is sent. Reads and Lease renewals would drown them.
AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "resources": [{"group": "coordination.k8s.io"}]},
        {"level": "Metadata", "verbs": ["create", "update", "patch", "delete", "deletecollection"]},
        {"level": "None"},
    ],
}


def write_file(path, text):
    """All or nothing, because a controller may read the file at any moment; secret by its mode."""
    temporary = path + ".new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def write_json(path, document):
    write_file(path, json.dumps(document, indent=1))


def write_kubeconfig(path, cluster, user):
    """`cluster` and `user` as in a kubeconfig: server and CA; certificate, token or tokenFile."""
    write_json(path, {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "default",
        "clusters": [{"name": "default", "cluster": cluster}],
        "users": [{"name": "default", "user": user}],
        "contexts": [{"name": "default", "context": {"cluster": "default", "user": "default"}}],
    })
