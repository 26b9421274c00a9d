"""Where the milliseconds of a rendered page go (profiling.py)."""

from bench.house import House
from bench.load import Program
from bench.plan import Plan
from bench.report import Results, Table

# A profiled page takes about three times as long.
LONGEST_MS = 200


def measure(plan: Plan, house: House, results: Results) -> None:
    """Look at the post page of the small blog, outside a server."""
    print("Where the time goes", flush=True)
    blog = house.small
    told = {"instance": str(blog.instance), "path": blog.post, "times": plan.renders}
    spent = Program("bench.profiling", **told).result(plan.renders * LONGEST_MS / 1000)
    whole = sum(spent.values())
    lines = [(part, f"{ms:.1f} ms", f"{ms / whole:.0%}") for part, ms in spent.items()]
    lines.append(("all of it", f"{whole:.1f} ms", ""))
    words = (
        "The post page with 50 of 500 comments, made in a process of its own without a server: CPU, by the "
        "code that is running. What a part calls counts where it is."
    )
    results.tables.append(
        Table("Where a rendered page's time goes", words, ("part", "CPU", ""), lines)
    )
