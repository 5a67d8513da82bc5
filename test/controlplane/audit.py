"""The API server's audit log: who wrote what."""

import json


class AuditLog:
    def __init__(self, path):
        self.path = path

    def position(self):
        """A mark; pass it to writes() to see only what came later."""
        with open(self.path, "rb") as file:
            return file.seek(0, 2)

    def writes(self, user, since=0):
        """The write requests of `user`, as "verb resource[/subresource] namespace/name code"."""
        # A request that ended before it was authenticated (its client was gone) has no user name.
        return [describe(entry) for entry in self.entries(since)
                if entry["user"].get("username") == user]

    def entries(self, since=0):
        with open(self.path, "rb") as file:
            file.seek(since)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # still being written
                yield json.loads(line)


def describe(entry):
    target = entry.get("objectRef", {})
    resource = target.get("resource", "?")
    if "subresource" in target:
        resource += "/" + target["subresource"]
    code = entry.get("responseStatus", {}).get("code", 0)
    return (f"{entry['verb']} {resource} {target.get('namespace', '')}/{target.get('name', '')} "
            f"{code}")
