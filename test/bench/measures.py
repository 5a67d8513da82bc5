"""What is measured, one function each. Every function returns plain figures by name."""

import time

from controlplane import wait

from .stage import wait_idle

DRIFTING = 200
LATENCY_SAMPLES = 200
IDLE_S = 62  # two resyncs of the default interval


def bare_run(stage, namespace, count):
    """The same four writes per network by a program that does nothing else."""
    stage.seed(namespace, count)
    server_before = stage.server_cpu_seconds()
    begin = time.time_ns()
    writer = stage.start_bare_writer(namespace, count)
    end = stage.probe("await", namespace, count)["at_ns"]
    if writer.wait(60) != 0:
        raise AssertionError(f"the bare writer failed: {writer.log()}")
    server_cpu = stage.server_cpu_seconds() - server_before
    stage.clear(namespace)
    return {"wall_s": (end - begin) / 1e9, "server_cpu_s": server_cpu}


def echo(stage, namespace):
    """Create to Service of a controller without a thought, with no other beside it."""
    stage.seed(namespace, 1)
    figures = stage.probe("echo", namespace, LATENCY_SAMPLES, 1)
    stage.clear(namespace)
    return figures


def converge(stage, namespace, count):
    """From the start of the controller to all children and statuses; leaves the controller running."""
    stage.seed(namespace, count)
    position = stage.plane.audit.position()
    server_before = stage.server_cpu_seconds()
    begin = time.time_ns()
    controller = stage.start_controller()
    end = stage.probe("await", namespace, count)["at_ns"]
    server_cpu = stage.server_cpu_seconds() - server_before
    wait_idle(controller)
    return controller, {
        "wall_s": (end - begin) / 1e9,
        "server_cpu_s": server_cpu,
        "writes_per_network": stage.writes(position) / count,
        "controller_cpu_s": controller.cpu_seconds(),
        "peak_rss_mib": controller.peak_rss_mib(),
    }


def at_rest(stage, controller):
    """CPU and writes of a controller that has nothing to do. The time is what is measured here."""
    position = stage.plane.audit.position()
    before = controller.cpu_seconds()
    time.sleep(IDLE_S)
    return {"cpu_s": controller.cpu_seconds() - before, "writes": stage.writes(position)}


def create_to_service(stage, namespace, first):
    """Beside a bare POST of a Service, measured just before."""
    bare = stage.probe("post", "default", LATENCY_SAMPLES, first)
    return {"bare_post": bare,
            "create_to_service": stage.probe("latency", namespace, LATENCY_SAMPLES, first)}


def drift(stage, namespace, count):
    return stage.probe("drift", namespace, count)


def restart(stage, controller, networks):
    """Killed at rest and started again, until it has looked at every network."""
    wait_idle(controller)
    controller.kill()
    position = stage.plane.audit.position()
    begin = time.monotonic()
    controller = stage.start_controller()
    wait.until("every network has been looked at", lambda: controller.metric(
        "controller_runtime_reconcile_total") >= networks, 60, interval_s=0.01)
    rest_s = time.monotonic() - begin
    wait_idle(controller)
    figures = {"rest_s": rest_s, "cpu_s": controller.cpu_seconds(),
               "peak_rss_mib": controller.peak_rss_mib(), "writes": stage.writes(position)}
    return controller, figures
