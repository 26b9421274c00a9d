"""`flask serve` to its first 200, warm: the files have been read before, and nothing is to be upgraded."""

from bench import servers
from bench.figures import median
from bench.house import House
from bench.plan import Plan
from bench.report import Results, Table


def measure(plan: Plan, house: House, results: Results) -> None:
    """Start both blogs a few times."""
    print("Starting", flush=True)
    lines = []
    for name, blog in (("small", house.small), ("large", house.large)):
        times, cpu = [], []
        for _ in range(plan.starts + 1):
            with servers.blog(blog.instance, house.log("start")) as server:
                times.append(server.started_in)
                cpu.append(server.tree.cpu_seconds())
        warm = median(times[1:])
        work = median(cpu[1:])
        lines.append((name, f"{times[0]:.2f} s", f"{warm:.2f} s", f"{work:.2f} s"))
        if name == "large":
            results.aim("`flask serve` to the first 200", "< 2 s", f"{warm:.2f} s", warm < 2)
    words = (
        "From the command to the first answer of `/`, on a copy of the blog that was just made. The aim is "
        "for the large one."
    )
    results.tables.append(
        Table("Starting", words, ("blog", "first start", "warm", "CPU of a warm one"), lines)
    )
