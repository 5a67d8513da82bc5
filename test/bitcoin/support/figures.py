"""The times that the cases measure, shown at the end."""

import threading
from collections import defaultdict


class Figures:
    """Thread-safe. A figure without a target is only told."""

    def __init__(self):
        self._lock = threading.Lock()
        self._seconds = defaultdict(list)
        self._targets = {}

    def add(self, what, seconds, target_s=None):
        with self._lock:
            self._seconds[what].append(seconds)
            self._targets[what] = target_s

    def show(self):
        for what, all_of_it in sorted(self._seconds.items()):
            target = self._targets[what]
            wanted = f", target {target:g} s" if target else ""
            print(f"{what}: {sorted(all_of_it)[len(all_of_it) // 2]:.1f} s, "
                  f"at most {max(all_of_it):.1f} s ({len(all_of_it)} times{wanted})")


FIGURES = Figures()
