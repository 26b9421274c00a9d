"""Approvals, one after the other, with as many comments waiting as the large blog has."""

import time

from bs4 import BeautifulSoup

from bench import corpus, servers
from bench.browser import Browser
from bench.figures import median, ms, percentile
from bench.house import House
from bench.plan import Plan
from bench.report import Results, Table
from bench.trouble import CannotMeasure

P99_MS = 50


def measure(plan: Plan, house: House, results: Results) -> None:
    """Sign in, and approve what stands in the queue, page after page."""
    print("Approvals", flush=True)
    with servers.blog(house.large.instance, house.log("approvals")) as server:
        moderator = Browser(server.url).sign_in(corpus.MODERATOR, corpus.PASSWORD)
        before = server.tree.cpu_seconds()
        rounds = [_approve(moderator, plan.approvals) for _ in range(plan.rounds)]
        cpu = server.tree.cpu_seconds() - before
    p99 = 1000 * median([percentile(each, 0.99) for each in rounds])
    what = f"p99 of an approval, {plan.large.pending:,} pending"
    results.aim(what, f"< {P99_MS} ms", f"{p99:.1f} ms", p99 < P99_MS)
    lines = [
        (ms(1000 * median(each)), ms(1000 * percentile(each, 0.99)), ms(1000 * max(each)))
        for each in rounds
    ]
    number = plan.rounds * plan.approvals
    words = (
        f"{plan.approvals} approvals in each round, each from the page of the queue as a moderator sees it. "
        f"With the pages of the queue between them, an approval takes {ms(1000 * cpu / number)} of CPU."
    )
    results.tables.append(Table("Approvals", words, ("median", "p99", "longest"), lines))


def _approve(moderator: Browser, number: int) -> list[float]:
    """Approve so many. How long each took to be acknowledged."""
    waited: list[float] = []
    while len(waited) < number:
        for path, fields in _forms(moderator.get("/moderation").text)[: number - len(waited)]:
            begun = time.perf_counter()
            moderator.post(path, fields)
            waited.append(time.perf_counter() - begun)
    return waited


def _forms(page: str) -> list[tuple[str, dict[str, str]]]:
    """The forms of the decisions on a page of the queue: where each goes, and with what."""
    found = BeautifulSoup(page, "html.parser").select("form.decision")
    if not found:
        raise CannotMeasure("Nothing is pending any more: there is nothing to approve.")
    return [
        (
            str(form["action"]),
            {str(f["name"]): str(f.get("value", "")) for f in form.select("input[name]")},
        )
        for form in found
    ]
