"""Whether processes grow."""

from collections.abc import Callable, Iterator
from itertools import cycle

from celery import current_app
from django.urls import reverse

from .outbox_trials import none_left, queue, until_none_waits
from .trials import NO_MAIL, Figure, Ground, below, children, resident, trial, workers

REQUESTS, TASKS, OF_THEM_MESSAGES = 24_000, 100_000, 20_000
MOST_WEB, MOST_WORKER, MOST_GROWTH = 200, 150, 5  # MiB, MiB, per cent
BURST = 500  # tasks that wait at once


@trial("P15")
def _(ground: Ground) -> Iterator[Figure]:
    """P15 Memory after 24,000 requests and 100,000 tasks (without FULL=1 a tenth)."""
    scale = 1 if ground.full else 10
    visit = _visits(ground)
    visit()  # from then on there are processes
    web = children(ground.web)
    yield from _grown("web process", web, MOST_WEB, lambda: _times(REQUESTS // scale // 2, visit))
    with none_left(), workers(1, EMAIL_BACKEND=NO_MAIL) as (worker,):
        half = TASKS // scale // 2
        yield from _grown("worker", [worker.pid], MOST_WORKER, lambda: _work(half, OF_THEM_MESSAGES // scale // 2))


def _grown(name: str, processes: list[int], most: float, half: Callable[[], None]) -> Iterator[Figure]:
    """Do one half, then the other."""
    half()
    before = [resident(process) for process in processes]
    half()
    after = [resident(process) for process in processes]
    growth = max((now / then - 1) * 100 for then, now in zip(before, after, strict=True))
    yield below(f"{name}, the largest", max(after), most, "MiB")
    yield below(f"{name}, growth in the second half", growth, MOST_GROWTH, "%")


def _visits(ground: Ground) -> Callable[[], None]:
    """Pages of everybody, in turn."""
    world = ground.world
    tenant, planner, manager = world.browser(world.tenant.user), world.staff("planner"), world.staff("manager")
    one = world.service_request
    pages = cycle(
        [
            (tenant, reverse("home")),
            (tenant, reverse("requests:detail", args=[one.reference])),
            (planner, reverse("admin:requests_servicerequest_changelist")),
            (planner, reverse("admin:requests_servicerequest_change", args=[one.pk])),
            (tenant, reverse("requests:report")),
            (tenant, reverse("home")),
            (tenant, reverse("requests:detail", args=[one.reference])),
            (planner, reverse("admin:requests_servicerequest_changelist")),
            (planner, reverse("admin:requests_servicerequest_change", args=[one.pk])),
            (manager, reverse("requests:dashboard")),
        ]
    )

    def visit() -> None:
        browser, page = next(pages)
        browser.get(page)

    return visit


def _times(number: int, step: Callable[[], None]) -> None:
    for _ in range(number):
        step()


def _work(tasks: int, messages: int) -> None:
    """So many tasks, some of which find messages to send."""
    bursts = max(tasks // BURST, 1)
    with current_app.producer_or_acquire() as producer:
        for _ in range(bursts):
            queue(messages // bursts)
            for _ in range(BURST):
                current_app.send_task("notifications.deliver_due", producer=producer, ignore_result=True)
            until_none_waits()
