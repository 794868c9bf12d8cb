"""`Relay`: quick jobs are run by the thread that has the loop; those that are not cost it to that thread."""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
import sys
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from types import CodeType
from typing import Any

import pytest

from everview.runtime.execution import activity
from everview.runtime.execution.activity import in_thread, settle
from everview.server.execution import relay
from everview.server.execution.alarm import Alarm
from everview.server.execution.habits import KEPT, LONG, RUNS, Habits
from everview.server.execution.relay import NAME, Relay
from everview.server.execution.threads import IDLE, ViewThreads
from everview.server.server import new_event_loop

PATIENCE = 30.0
LOOPS = [
    pytest.param(new_event_loop, id="uvloop or asyncio"),
    pytest.param(asyncio.new_event_loop, id="asyncio"),
]


class Relayed:
    """A loop with its relay, and what goes on in it."""

    def __init__(self, make_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
        self.loop = make_loop()
        self.threads = ViewThreads(self.loop)
        self.ended = threading.Event()
        self.relay = Relay(self.loop, self.threads, self._end)
        self.numbers = itertools.count()
        self.alone = threading.Lock()
        self.crowds: list[str] = []
        self.before = set(threading.enumerate())
        threading.Thread(target=self.relay.lead, daemon=True).start()

    def _end(self) -> None:
        self.loop.close()
        self.ended.set()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """What it returns; it is awaited on the loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(PATIENCE)

    def do(
        self, function: Callable[[], Any], name: str = "job", code: CodeType | None = None
    ) -> asyncio.Future[Any]:
        """Start a job; called on the loop. Without ``code`` it is of code that never ran before."""
        future = self.loop.create_future()
        code = code or (lambda: None).__code__.replace(co_name=f"job {next(self.numbers)}")
        self.threads(function, name, partial(settle, future), code)
        return future

    def turn(self) -> None:
        """Over and over: two threads in the loop at once would be seen here, sooner or later."""
        if self.alone.acquire(blocking=False):
            time.sleep(0)  # others come to run
            self.alone.release()
        else:
            self.crowds.append(threading.current_thread().name)
        if not self.loop.is_closed():
            self.loop.call_soon(self.turn)

    def end(self) -> None:
        async def end() -> None:
            self.threads.stop()
            self.relay.end()

        asyncio.run_coroutine_threadsafe(end(), self.loop)
        assert self.ended.wait(PATIENCE)
        for thread in set(threading.enumerate()) - self.before:
            thread.join(PATIENCE)
            assert not thread.is_alive(), f"{thread.name} is left"


@pytest.fixture(params=LOOPS)
def relayed(request: pytest.FixtureRequest) -> Iterator[Relayed]:
    if sys.platform != "linux":
        pytest.skip("only Linux has timerfd_create: elsewhere every job is in a thread of its own")
    found = Relayed(request.param)
    yield found
    found.end()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop is not taken over because this machine is busy."""
    monkeypatch.setattr(relay, "ALLOWED", PATIENCE)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop is taken over from many jobs in little time."""
    monkeypatch.setattr(relay, "ALLOWED", 0.001)


def test_a_quick_job_is_run_by_the_thread_that_has_the_loop(patient: None, relayed: Relayed) -> None:
    async def main() -> None:
        for number in range(100):
            assert await relayed.do(threading.get_ident, f"job {number}") == threading.get_ident()
        assert relayed.threads.running == 0

    relayed.run(main())


def test_of_several_at_once_one_is_and_the_others_are_in_threads(patient: None, relayed: Relayed) -> None:
    async def main() -> None:
        idents = await asyncio.gather(*(relayed.do(threading.get_ident) for _ in range(5)))
        assert idents[0] == threading.get_ident()
        assert threading.get_ident() not in idents[1:]

    relayed.run(main())


@pytest.mark.parametrize("how", ["waits", "computes", "asks the loop"])
def test_a_job_that_takes_long_keeps_nothing_else_waiting(relayed: Relayed, how: str) -> None:
    entered, go_on, is_over = threading.Event(), threading.Event(), False

    async def answer() -> str:
        return "answer"

    def job() -> Any:
        entered.set()
        if how == "waits":
            return go_on.wait(PATIENCE)
        if how == "asks the loop":
            return asyncio.run_coroutine_threadsafe(answer(), relayed.loop).result(PATIENCE)
        while not is_over:
            pass
        return None

    async def main() -> Any:
        nonlocal is_over
        before = threading.get_ident()
        long = relayed.do(job, "long")
        await asyncio.sleep(0)  # the loop is left now
        await asyncio.sleep(0)
        assert entered.is_set()
        if how != "asks the loop":
            assert threading.get_ident() != before
            assert [t.name for t in threading.enumerate() if t.ident == before] == ["long"]
            assert threading.current_thread().name == NAME
        assert await relayed.do(lambda: "ran", "the next") == "ran"
        go_on.set()
        is_over = True
        return await asyncio.wait_for(long, PATIENCE)

    assert relayed.run(main()) == {"waits": True, "computes": None, "asks the loop": "answer"}[how]


def test_a_hundred_jobs_that_wait_are_a_hundred_threads(relayed: Relayed) -> None:
    async def main() -> None:
        go_on = threading.Event()
        waiting = []
        for number in range(100):
            waiting.append(relayed.do(lambda: go_on.wait(PATIENCE), f"job {number}"))
            await asyncio.sleep(0)
        assert await asyncio.wait_for(relayed.do(lambda: "ran"), PATIENCE) == "ran"
        assert relayed.threads.running == 100
        go_on.set()
        assert await asyncio.gather(*waiting) == [True] * 100
        assert relayed.threads.running == 0

    relayed.run(main())


def test_what_took_long_has_a_thread_from_the_start(patient: None, relayed: Relayed) -> None:
    def job() -> int:
        time.sleep(2 * LONG)
        return threading.get_ident()

    async def main() -> None:
        here = threading.get_ident()
        assert await relayed.do(job, code=job.__code__) == here
        for _ in range(RUNS + 5):
            assert await relayed.do(job, code=job.__code__) != here
        assert await relayed.do(threading.get_ident) == here

    relayed.run(main())


def test_what_is_no_code_has_a_thread(patient: None, relayed: Relayed) -> None:
    async def main() -> None:
        assert await in_thread(threading.get_ident, "no code", relayed.threads) != threading.get_ident()

    relayed.run(main())


def test_what_was_long_is_quick_again_after_so_many_quick_runs() -> None:
    habits, code = Habits(), run_habits.__code__
    run_habits(habits, code, [LONG / 2])
    assert not habits.takes_long(code)
    run_habits(habits, code, [LONG * 2, *[LONG / 2] * (RUNS - 1)])
    assert habits.takes_long(code)
    run_habits(habits, code, [LONG * 2, *[LONG / 2] * RUNS])
    assert not habits.takes_long(code)


def test_closures_of_one_function_have_one_habit() -> None:
    habits = Habits()

    def closure(number: int) -> Callable[[], int]:
        return lambda: number

    first, second = closure(1), closure(2)
    run_habits(habits, first.__code__, [LONG * 2])
    assert habits.takes_long(second.__code__)


def test_no_end_of_code_is_not_remembered() -> None:
    habits = Habits()
    for number in range(KEPT * 2 + 1):
        run_habits(habits, run_habits.__code__.replace(co_name=f"f{number}"), [LONG * 2])
    assert len(habits) == 1


def run_habits(habits: Habits, code: CodeType, runs: list[float]) -> None:
    for seconds in runs:
        habits.ran(code, seconds)


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(3), KeyboardInterrupt()], ids=repr)
def test_what_a_job_raises_is_its_own(patient: None, relayed: Relayed, error: BaseException) -> None:
    def fail() -> None:
        raise error

    async def main() -> None:
        with pytest.raises((ValueError, RuntimeError)) as raised:
            await relayed.do(fail)
        assert error in (raised.value, raised.value.__cause__)
        assert await relayed.do(lambda: "ran") == "ran"

    relayed.run(main())


@pytest.mark.parametrize("is_long", [False, True])
def test_nothing_of_a_job_stays_alive(relayed: Relayed, is_long: bool) -> None:
    class Big:
        pass

    async def main() -> None:
        big = Big()
        seen = weakref.ref(big)
        await relayed.do(lambda big=big: time.sleep(0.01 * is_long))
        del big
        await relayed.do(lambda: None)
        gc.collect()
        assert seen() is None

    relayed.run(main())


def test_who_stops_the_loop_does_not_end_it(relayed: Relayed) -> None:
    """``asyncio.get_running_loop().stop()`` in a view ended the server."""

    async def main() -> None:
        asyncio.get_running_loop().stop()
        await asyncio.sleep(0.01)
        assert await relayed.do(lambda: "ran") == "ran"

    relayed.run(main())


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_a_task_that_wants_to_end_the_process_does_not_end_the_loop(
    relayed: Relayed, error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise error

    async def main() -> None:
        task = asyncio.ensure_future(fail())
        await asyncio.wait([task])
        assert type(task.exception()) is error
        assert await relayed.do(lambda: "ran") == "ran"

    relayed.run(main())
    assert "wanted to end the process" in caplog.text


@pytest.mark.parametrize("make_loop", LOOPS)
def test_a_job_that_waits_for_ever_does_not_keep_the_loop_from_ending(
    make_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    """It was planned in the turn in which the loop was told to end."""
    relayed, go_on = Relayed(make_loop), threading.Event()

    async def main() -> None:
        relayed.do(lambda: go_on.wait(PATIENCE))
        relayed.threads.stop()
        relayed.relay.end()

    asyncio.run_coroutine_threadsafe(main(), relayed.loop)
    try:
        assert relayed.ended.wait(PATIENCE / 2)
    finally:
        go_on.set()


@pytest.mark.parametrize("seed", range(3))
def test_jobs_that_end_just_when_the_loop_is_taken_over_are_told_once(
    hasty: None, relayed: Relayed, seed: int
) -> None:
    source = random.Random(seed)
    told: list[int] = []

    async def one(number: int, length: float, how: str) -> None:
        def job() -> int:
            until = time.perf_counter() + length
            if how == "sleep":
                time.sleep(length)
            while time.perf_counter() < until:
                pass
            return number

        told.append(await relayed.do(job, f"job {number}"))

    async def main() -> None:
        relayed.loop.call_soon(relayed.turn)
        tasks = []
        for number in range(400):
            length = relay.ALLOWED * source.choice([0, 0.5, 0.9, 0.95, 1, 1.05, 1.1, 2])
            tasks.append(asyncio.ensure_future(one(number, length, source.choice(["sleep", "spin"]))))
            if source.random() < 0.7:
                await tasks[-1]
        await asyncio.gather(*tasks)
        assert sorted(told) == list(range(400))
        assert relayed.crowds == []
        assert relayed.threads.running == 0

    relayed.run(main())


def test_where_there_is_no_alarm_every_job_has_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(seconds: float) -> Alarm:
        raise OSError("no timerfd_create")

    monkeypatch.setattr(relay, "Alarm", none)
    relayed = Relayed(new_event_loop)

    async def main() -> None:
        assert await relayed.do(threading.get_ident) != threading.get_ident()

    relayed.run(main())
    relayed.end()


def test_one_thread_waits_to_follow_and_no_more(patient: None, relayed: Relayed) -> None:
    async def main() -> None:
        for _ in range(3):
            await relayed.do(lambda: None)

    relayed.run(main())
    idle = [t for t in threading.enumerate() if t.name == IDLE and t not in relayed.before]
    assert len(idle) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has timerfd_create")
def test_an_alarm_goes_off_after_its_time_unless_it_is_cleared() -> None:
    alarm = Alarm(0.02)
    started = time.monotonic()
    alarm.set()
    alarm.wait()
    assert time.monotonic() - started >= 0.02
    alarm.set()
    alarm.clear()
    woke = threading.Event()

    def wait() -> None:
        alarm.wait()
        woke.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not woke.wait(0.1)
    alarm.ring()
    thread.join(PATIENCE)
    assert woke.is_set()
    alarm.close()


def test_a_job_that_waits_for_something_of_ours_hands_the_loop_over_at_once(
    patient: None, relayed: Relayed
) -> None:
    """Without, a handler that asks something would be seen to do so when its time is over."""

    async def answer() -> str:
        return "answer"

    def job() -> Any:
        return activity.call(relayed.loop, answer())

    async def main() -> Any:
        view = activity.Activity("view")
        return await activity.run(view, job, (), relayed.threads)

    started = time.monotonic()
    assert relayed.run(main()) == "answer"
    assert time.monotonic() - started < PATIENCE / 2
    assert activity.this_thread.waits is None
