"""Raw HTTPS requests to the API server of a kubeconfig: no client library between case and wire."""

import base64
import http.client
import json
import os
import ssl
import tempfile
from urllib.parse import quote, urlencode, urlsplit

JSON = "application/json"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
METADATA = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"

TIMEOUT_S = 30.0
# The longest line of a watch that a case may read.
LINE_LIMIT_BYTES = 4 << 20


class Answer:
    """Status code, headers and body of one answer. `json` is None when the body is none."""

    def __init__(self, response):
        self.code = response.status
        self.headers = response.headers
        self.text = response.read().decode("utf-8", "replace")
        self.json = json.loads(self.text) if self.is_json() else None

    def is_json(self):
        return self.headers.get("Content-Type", "").startswith(JSON) and bool(self.text)

    @property
    def reason(self):
        return (self.json or {}).get("reason", "")

    @property
    def message(self):
        return (self.json or {}).get("message", self.text)

    @property
    def warnings(self):
        return self.headers.get_all("Warning") or []

    def __getitem__(self, name):
        return self.json[name]

    def __repr__(self):
        return f"{self.code} {self.text[:2000]}"


class Watch:
    """An open watch stream. Iterating gives events until the server ends the stream."""

    def __init__(self, connection, response):
        self.connection = connection
        self.response = response
        self.code = response.status

    def next(self, timeout_s=TIMEOUT_S):
        """The next event, or None when the server has ended the stream."""
        self.connection.sock.settimeout(timeout_s)
        line = self.response.readline(LINE_LIMIT_BYTES)
        return json.loads(line) if line else None

    def __iter__(self):
        while (event := self.next()) is not None:
            yield event

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


class Client:
    """One user's view of the server. Not for use by several threads."""

    def __init__(self, kubeconfig, token=None):
        with open(kubeconfig, encoding="utf-8") as file:
            config = json.load(file)
        self.kubeconfig = kubeconfig
        self.directory = os.path.dirname(os.path.abspath(kubeconfig))
        cluster = config["clusters"][0]["cluster"]
        user = config["users"][0]["user"] if token is None else {"token": token}
        self.server = urlsplit(cluster["server"])
        self.context = self._context(cluster, user)
        self.token = self._token(user)
        self.connection = None

    # -- credentials -------------------------------------------------------------------

    def _path(self, path):
        return os.path.join(self.directory, path)

    def _context(self, cluster, user):
        if "certificate-authority-data" in cluster:
            authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
            context = ssl.create_default_context(cadata=authority)
        else:
            context = ssl.create_default_context(
                cafile=self._path(cluster["certificate-authority"]))
        if "client-certificate" in user:
            context.load_cert_chain(self._path(user["client-certificate"]),
                                    self._path(user["client-key"]))
        elif "client-certificate-data" in user:
            load_inline(context, user)
        return context

    def _token(self, user):
        if "tokenFile" in user:
            with open(self._path(user["tokenFile"]), encoding="ascii") as file:
                return file.read().strip()
        return user.get("token")

    # -- requests ----------------------------------------------------------------------

    def connect(self, timeout_s=TIMEOUT_S):
        return http.client.HTTPSConnection(self.server.hostname, self.server.port,
                                           timeout=timeout_s, context=self.context)

    def _headers(self, body, content_type, accept, more):
        headers = {"Accept": accept, "User-Agent": "conformance"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["Content-Type"] = content_type
        return {**headers, **more}

    def request(self, method, path, body=None, content_type=JSON, accept=JSON, headers=None,
                **query):
        """Sends one request and reads the whole answer. A document becomes JSON; text and bytes
        go as they are. A query parameter of None is left out."""
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        target = with_query(path, query)
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = self.connect()
            try:
                self.connection.request(method, target, body,
                                        self._headers(body, content_type, accept, headers or {}))
                response = self.connection.getresponse()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                # An idle connection that the server has closed in the meantime.
                self.close()
                if attempt == 2:
                    raise
        answer = Answer(response)
        if response.will_close:
            self.close()
        return answer

    def watch(self, path, accept=JSON, **query):
        connection = self.connect()
        connection.request("GET", with_query(path, {"watch": "true", **query}), None,
                           self._headers(None, None, accept, {}))
        return Watch(connection, connection.getresponse())

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def get(self, path, **query):
        return self.request("GET", path, **query)

    def post(self, path, body, **query):
        return self.request("POST", path, body, **query)

    def put(self, path, body, **query):
        return self.request("PUT", path, body, **query)

    def patch(self, path, body, content_type=MERGE, **query):
        return self.request("PATCH", path, body, content_type, **query)

    def apply(self, path, body, manager="tester", **query):
        return self.request("PATCH", path, body, APPLY, fieldManager=manager, **query)

    def delete(self, path, body=None, **query):
        return self.request("DELETE", path, body, **query)


def with_query(path, query):
    given = {name: value for name, value in query.items() if value is not None}
    return path + ("?" + urlencode(given, quote_via=quote) if given else "")


def load_inline(context, user):
    """Client certificate and key of a kubeconfig; Python's ssl reads them from a file only."""
    with tempfile.NamedTemporaryFile() as file:
        for field in ("client-certificate-data", "client-key-data"):
            file.write(base64.b64decode(user[field]))
        file.flush()
        context.load_cert_chain(file.name)
