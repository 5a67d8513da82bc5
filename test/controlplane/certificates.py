"""A certificate authority of our own, by openssl, for one control plane's lifetime."""

import os
import subprocess

DAYS = "3"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
SERVER_NAMES = "IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc"


def _openssl(*arguments):
    result = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {result.stdout}")


class Authority:
    """Issues certificates into `directory` as <name>.crt and <name>.key."""

    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, mode=0o700)
        _openssl("req", "-x509", *CURVE, "-days", DAYS, "-subj", "/CN=test-ca",
                 "-addext", "basicConstraints=critical,CA:TRUE",
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                 "-keyout", self.key("ca"), "-out", self.certificate("ca"))

    def certificate(self, name):
        return os.path.join(self.directory, f"{name}.crt")

    def key(self, name):
        return os.path.join(self.directory, f"{name}.key")

    def issue(self, name, subject, extensions):
        request = os.path.join(self.directory, f"{name}.csr")
        options = [argument for text in extensions for argument in ("-addext", text)]
        _openssl("req", *CURVE, "-subj", subject, *options, "-keyout", self.key(name),
                 "-out", request)
        _openssl("x509", "-req", "-in", request, "-days", DAYS, "-copy_extensions", "copy",
                 "-CA", self.certificate("ca"), "-CAkey", self.key("ca"), "-CAcreateserial",
                 "-out", self.certificate(name))

    def issue_server(self, name):
        self.issue(name, f"/CN={name}",
                   [f"subjectAltName={SERVER_NAMES}", "extendedKeyUsage=serverAuth"])

    def issue_client(self, name, user, group=None):
        subject = f"/O={group}/CN={user}" if group else f"/CN={user}"
        self.issue(name, subject, ["extendedKeyUsage=clientAuth"])
