"""Child processes with a log file, a graceful stop, and no life after their parent."""

import ctypes
import os
import re
import signal
import subprocess

from . import wait

PR_SET_PDEATHSIG = 1
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_libc = ctypes.CDLL(None)


def _die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """One child. It has a session of its own, so that Ctrl-C reaches only the parent, which then
    stops its children in the right order. With `tied`, the kernel kills it when the parent dies."""

    def __init__(self, argv, log_path, env=None, tied=True):
        self.argv = argv
        self.log_path = log_path
        with open(log_path, "ab") as log:
            self._child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env,
                start_new_session=True, preexec_fn=_die_with_parent if tied else None)
        self.pid = self._child.pid

    @property
    def exit_code(self):
        """None while it runs; negative when a signal ended it."""
        return self._child.poll()

    @property
    def running(self):
        return self.exit_code is None

    def signal(self, number):
        if self.running:
            self._child.send_signal(number)

    def wait(self, timeout_s):
        return self._child.wait(timeout_s)

    def kill(self):
        self.signal(signal.SIGKILL)
        self._child.wait()

    def stop(self, grace_s=20.0):
        """SIGTERM, then SIGKILL; returns the exit code."""
        self.signal(signal.SIGTERM)
        try:
            return self._child.wait(grace_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.exit_code

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def cpu_seconds(self):
        """User and system time so far."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def peak_rss_mib(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) / 1024


def _command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def stop_pid(pid, marker, grace_s=20.0):
    """Stops a process that is no child of ours, if its command line still contains `marker`: a
    process id may by now belong to somebody else."""
    def gone():
        return marker not in _command_line(pid)

    for number, patience_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, 5.0)):
        if gone():
            return
        os.kill(pid, number)
        try:
            wait.until(f"process {pid} ends", gone, patience_s)
        except wait.Timeout:
            continue
