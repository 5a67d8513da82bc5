"""The figures as a table. Ratios count: absolute times are those of the machine and its load."""


def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def medians(runs):
    """Per name, the median over the runs."""
    return {name: median([run[name] for run in runs]) for name in runs[0]}


def rows(result):
    """(what, figure, beside it, ratio) as text."""
    bare, ours = result["bare"], result["controller"]
    post, service = result["create"]["bare_post"], result["create"]["create_to_service"]
    idle, restart = result["idle"], result["restart"]

    def beside(what, figure, other, unit):
        return what, f"{figure:.2f} {unit}", f"{other:.2f} {unit}", f"{figure / other:.2f}"

    def alone(what, text):
        return what, text, "", ""
    return [
        beside("all children and statuses present", ours["wall_s"], bare["wall_s"], "s"),
        beside("API server CPU until then", ours["server_cpu_s"], bare["server_cpu_s"], "s"),
        alone("writes per network, Events aside", f"{ours['writes_per_network']:.2f}"),
        alone("controller CPU until idle", f"{ours['controller_cpu_s']:.2f} s"),
        alone("controller peak RSS", f"{ours['peak_rss_mib']:.1f} MiB"),
        beside("create to Service, p50", service["p50_ms"], post["p50_ms"], "ms"),
        beside("create to Service, p99", service["p99_ms"], post["p99_ms"], "ms"),
        beside("the same beside an echo of the watch, p50", service["p50_ms"],
               result["echo"]["p50_ms"], "ms"),
        alone("drift of up to 200 sets at once, p50 / p99",
              f"{result['drift']['p50_ms']:.0f} / {result['drift']['p99_ms']:.0f} ms"),
        alone("at rest for 62 s: CPU, writes", f"{idle['cpu_s']:.2f} s, {idle['writes']}"),
        alone("killed, restarted, at rest", f"{restart['rest_s']:.2f} s"),
        alone("restart: CPU, writes", f"{restart['cpu_s']:.2f} s, {restart['writes']}"),
    ]


def text(result):
    heading = (f"{result['networks']} networks, median of {result['rounds']} rounds",
               "controller", "beside", "ratio")
    lines = [heading, *rows(result)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heading))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
                     for line in lines)
