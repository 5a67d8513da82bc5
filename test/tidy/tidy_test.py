#!/usr/bin/env python3
"""Rules of the house that compilers and linters miss. Pure text, a second in all.

Run by ctest as one test; by hand for the details.
"""

import os
import re
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Which directories' headers a directory's files may include, its own aside. The link lines of
# CMakeLists.txt say the same to the linker; a header without a symbol slips past that one.
LAYERS = {
    "k8s": set(),
    "k8s/io": {"k8s"},
    "actors/bitcoin": {"k8s"},
    "actors/bitcoin/io": {"actors/bitcoin", "k8s", "k8s/io"},
    "actors/reconcile": {"actors/bitcoin", "k8s"},
    "actors/telemetry": {"k8s"},
    "messages": {"actors/bitcoin", "actors/reconcile", "actors/telemetry", "k8s"},
    "actors": {"actors/app", "actors/bitcoin", "actors/reconcile", "actors/telemetry", "k8s",
               "messages"},
    "actors/app": {"actors", "actors/bitcoin/io", "actors/telemetry", "k8s", "k8s/io", "messages"},
}
# actors/app is the composition: only main() may know it.
ONLY = {("actors", "actors/app"): {"actors/main.cpp"}}

# Third parties, and the directories whose files may include them.
PARTIES = {
    r"caf/": {"actors", "actors/app", "messages"},
    r"boost/(asio|beast)": {"k8s/io", "actors/app", "actors/bitcoin/io"},
    r"openssl/(?!evp)": {"k8s/io", "actors/app", "actors/bitcoin", "actors/bitcoin/io"},
    r"openssl/evp": {"k8s", "k8s/io", "actors/app", "actors/bitcoin", "actors/bitcoin/io"},
    r"spdlog/|prometheus/": {"actors/telemetry"},
    r"yaml-cpp/": {"k8s/io"},
    r"CLI/": {"actors/app"},
}

# What only named files may use, and why it is there.
NAMED = {
    r"std::(mutex|lock_guard|unique_lock|condition_variable)": {
        "actors/telemetry/capture_sink.hpp",  # for tests
        "actors/telemetry/capture_sink.cpp",
    },
    r"system_clock::now": {
        "actors/app/controller.cpp",  # the wall clock that everybody else is given
        "actors/telemetry/stderr_sink.cpp",  # the time of a log line
        "k8s/io/credentials.cpp",  # until a credential expires
    },
    r"std::(jthread|thread\b|async\b)": {"k8s/io/io_thread.cpp"},
    r"\b(sleep_for|sleep_until|usleep|nanosleep)\b|\bsleep\(": set(),
    r"caf/all\.hpp": set(),
    r"\b(spawn<[^>]*(detached|blocking)|caf::infinite)": set(),
}

LINES_MAX = 250
LONGER = {  # named, with the most that they may have and why
    "messages/protocol.hpp": (400, "the whole protocol in one place"),
    "actors/reconcile_actor.cpp": (340, "one network's work from its trigger to its rest"),
    "actors/watch_actor.cpp": (320, "one handler for each input of the watch machine"),
    "k8s/watch_machine.cpp": (320, "one protocol, read from top to bottom"),
    "k8s/bitcoin_network.cpp": (300, "a reader for each field of the spec"),
    "k8s/io/kubeconfig.cpp": (280, "a reader for each field of a kubeconfig"),
    "k8s/io/http_transport.cpp": (270, "one coroutine for each step of a call"),
}
TEST_LINES_MAX = 600


def listed(*patterns):
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--",
                          *patterns], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return sorted(path for path in set(out.split("\n")) if os.path.isfile(os.path.join(ROOT, path)))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def sources():
    return listed("k8s/*.[ch]pp", "actors/*.[ch]pp", "messages/*.[ch]pp")


def code(path):
    """Lines without their // comments, numbered from 1."""
    return enumerate((line.split("//")[0] for line in read(path).splitlines()), 1)


class TidyTest(unittest.TestCase):
    maxDiff = None

    def none(self, found, rule):
        self.assertEqual([], found, f"{rule}:\n" + "\n".join(found))

    def test_no_layer_includes_what_stands_above_it(self):
        found = []
        for path in sources():
            here = os.path.dirname(path)
            for number, line in code(path):
                match = re.match(r'#include "([^"]+)/[^"/]+"', line)
                there = match.group(1) if match else here
                allowed = there == here or there in LAYERS.get(here, set())
                if not allowed or path not in ONLY.get((here, there), {path}):
                    found.append(f"{path}:{number} includes {there}")
        self.none(found, "a layer sees only those below it")

    def test_third_parties_stay_where_they_belong(self):
        found = [f"{path}:{number} {line}" for path in sources() for number, line in code(path)
                 for party, places in PARTIES.items()
                 if re.match(rf"#include <({party})", line) and os.path.dirname(path) not in places]
        self.none(found, "a library is for the layers that are named with it")

    def test_clocks_threads_and_locks_stand_in_named_files(self):
        found = [f"{path}:{number} {line.strip()}" for path in sources()
                 for number, line in code(path) for pattern, files in NAMED.items()
                 if re.search(pattern, line) and path not in files]
        self.none(found, "time is a message, and actors take no locks")

    def test_files_are_short(self):
        found = []
        for path in sources():
            limit = LONGER.get(path, (LINES_MAX, ""))[0]
            lines = read(path).count("\n")
            if lines > limit:
                found.append(f"{path}: {lines} lines; at most {limit}")
        for path in listed("test/*.[ch]pp", "test/*.py"):
            lines = read(path).count("\n")
            if lines > TEST_LINES_MAX:
                found.append(f"{path}: {lines} lines; at most {TEST_LINES_MAX}")
        self.none(found, "split by responsibility")

    def test_exceptions_are_still_needed(self):
        gone = [path for files in NAMED.values() for path in files if path not in sources()]
        self.none(gone, "an exception that nobody needs is taken off the list")

    def test_headers_begin_with_pragma_once(self):
        found = [path for path in listed("*.hpp") if not read(path).startswith("#pragma once\n")]
        self.none(found, "headers are guarded")

    def test_sources_include_their_own_header_first(self):
        found = []
        for path in sources():
            header = path.removesuffix(".cpp") + ".hpp"
            first = re.search(r'#include [<"]([^>"]+)', read(path))
            if (path.endswith(".cpp") and os.path.exists(os.path.join(ROOT, header)) and first
                    and first.group(1) != header):
                found.append(path)
        self.none(found, "so that a header which is not self-contained does not compile")

    def test_links_in_documents_resolve(self):
        found = []
        for path in listed("*.md"):
            for link in re.findall(r"\]\(([^)\s]+)\)", read(path)):
                target = link.split("#")[0]
                if "://" in link or not target:
                    continue
                if not os.path.exists(os.path.join(ROOT, os.path.dirname(path), target)):
                    found.append(f"{path}: {link}")
        self.none(found, "a link leads somewhere")

    def test_every_actor_of_the_protocol_is_in_the_architecture(self):
        declared = set(re.findall(r"^using (\w+)_actor = caf::typed_actor",
                                  read("messages/protocol.hpp"), re.MULTILINE))
        table = re.findall(r"^\| (\w+) \|", read("docs/architecture.md"), re.MULTILINE)
        self.assertEqual(sorted(declared - {"reporting"}), sorted(set(table) - {"actor"}))

    def test_every_metric_is_counted_somewhere(self):
        header = read("actors/telemetry/metrics.hpp")
        users = "\n".join(read(path) for path in sources()
                          if path.endswith(".cpp") and not path.startswith("actors/telemetry/"))
        values = [f"{enum}::{value}" for enum, body in
                  re.findall(r"^enum class (\w+) : std::uint8_t \{(.*?)\};", header, re.S | re.M)
                  for value in re.findall(r"\w+", re.sub(r"//.*", "", body)) if value != "count_"]
        self.assertGreater(len(values), 40)
        # Cast from the enums of the layer below, or told by their names.
        cast = ("peer_method::", "peer_result::", "degraded_reason::")
        found = [value for value in values if not value.startswith(cast) and value not in users]
        found += [f"{method}()" for method in re.findall(r"^  void (\w+)\(", header, re.M)
                  if not re.search(rf"\b{method}\(", users)]
        self.none(found, "a label's value or a figure that nothing counts is always 0")

    def test_every_message_says_who_sends_it_to_whom(self):
        lines = read("messages/protocol.hpp").splitlines()
        found = []
        for number, line in enumerate(lines):
            match = re.match(r"struct (\w+) \{", line)
            # Two timers of one actor share a comment.
            if match and not line.endswith("_timeout {};") and not lines[number - 1].lstrip().startswith("//"):
                found.append(match.group(1))
        self.none(found, "a message has a comment above it")


if __name__ == "__main__":
    unittest.main()
