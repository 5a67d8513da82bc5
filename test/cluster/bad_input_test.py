"""Bad flags and kubeconfigs: one line that names what is wrong; weather is waited out."""

import json
import os
import subprocess

from controlplane import binaries
from controlplane.certificates import Authority
from controlplane.configuration import write_file, write_kubeconfig
from controlplane.plane import free_ports

from .support.case import ClusterCase

CONFIGURATION = 2


class BadInputTest(ClusterCase):
    def path(self, name):
        return os.path.join(self.cluster.directory, f"{self.namespace}-{name}")

    def refused(self, *arguments, environment=None):
        """The one line that the controller ends with."""
        ended = subprocess.run([binaries.controller(), *arguments], capture_output=True, text=True,
                               timeout=20, env={"PATH": os.environ["PATH"], **(environment or {})})
        self.assertEqual(CONFIGURATION, ended.returncode, ended.stderr)
        self.assertEqual(1, len(ended.stderr.strip().splitlines()), ended.stderr)
        return ended.stderr

    def kubeconfig(self, **changes):
        """A copy of the controller's kubeconfig with another cluster entry."""
        with open(self.cluster.account.kubeconfig, encoding="utf-8") as file:
            entry = json.load(file)["clusters"][0]["cluster"]
        if "certificate-authority" in changes:
            entry.pop("certificate-authority-data", None)  # it would outrank the file
        write_kubeconfig(self.path("kubeconfig"), {**entry, **changes},
                         {"tokenFile": self.cluster.account.token_path})
        return self.path("kubeconfig")

    def test_version_and_help_need_no_cluster(self):
        for flag, text in (("--version", "."), ("--help", "--kubeconfig")):
            ended = subprocess.run([binaries.controller(), flag], capture_output=True, text=True,
                                   timeout=20)
            self.assertEqual(0, ended.returncode)
            self.assertIn(text, ended.stdout)

    def test_flags_are_named(self):
        for flag in ("--no-such-flag", "--log-level=loud", "--resync-interval=soon",
                     "--admin-address=nowhere", "--max-inflight-requests=0"):
            with self.subTest(flag):
                self.assertIn(flag.partition("=")[0], self.refused(flag))

    def test_variables_are_named(self):
        line = self.refused(environment={"BITCOIN_CONTROLLER_LOG_LEVEL": "loud"})
        self.assertIn("BITCOIN_CONTROLLER_LOG_LEVEL", line)

    def test_missing_kubeconfig_is_named(self):
        self.assertIn(self.path("missing"), self.refused(f"--kubeconfig={self.path('missing')}"))

    def test_malformed_kubeconfig_is_named(self):
        for name, text in (("not-yaml", "a: [b"), ("no-clusters", "apiVersion: v1\nkind: Config\n"),
                           ("empty", "")):
            with self.subTest(name):
                write_file(self.path(name), text)
                self.assertIn(self.path(name), self.refused(f"--kubeconfig={self.path(name)}"))

    def test_unknown_context_is_named(self):
        line = self.refused(f"--kubeconfig={self.cluster.account.kubeconfig}", "--context=other")
        self.assertIn("other", line)

    def test_missing_certificate_authority_is_named(self):
        path = self.kubeconfig(**{"certificate-authority": self.path("no.crt")})
        self.assertIn(self.path("no.crt"), self.refused(f"--kubeconfig={path}"))

    def test_unreachable_server_is_named_and_waited_for(self):
        address = f"127.0.0.1:{free_ports(1)[0]}"
        self.check_waits(self.kubeconfig(server=f"https://{address}"), address)

    def test_wrong_certificate_authority_is_told(self):
        authority = Authority(self.path("pki"))
        path = self.kubeconfig(**{"certificate-authority": authority.certificate("ca")})
        self.check_waits(path, "certificate")

    def test_expired_certificate_is_told(self):
        plane = self.need_own_control_plane()
        # Valid for the last minute of the day before yesterday only.
        authority = plane.authority
        subject = "/O=system:masters/CN=expired"
        directory = self.path("expired")
        os.makedirs(directory)
        user = self.issue_expired(authority, subject, directory)
        write_kubeconfig(self.path("kubeconfig"), plane.cluster, user)
        self.check_waits(self.path("kubeconfig"), "expired")

    def issue_expired(self, authority, subject, directory):
        key, request, certificate = (os.path.join(directory, f"c.{end}")
                                     for end in ("key", "csr", "crt"))
        for command in (
                ["req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", key,
                 "-out", request],
                ["x509", "-req", "-in", request, "-days", "-1", "-out", certificate,
                 "-CA", authority.certificate("ca"), "-CAkey", authority.key("ca"),
                 "-CAcreateserial"]):
            subprocess.run(["openssl", *command], check=True, capture_output=True)
        return {"client-certificate": certificate, "client-key": key}

    def check_waits(self, kubeconfig, text):
        controller = self.start_controller(kubeconfig=kubeconfig, ready=False)
        controller.wait_log(text)
        self.assertTrue(controller.running)
        self.assertEqual(503, controller.get("/readyz")[0])
