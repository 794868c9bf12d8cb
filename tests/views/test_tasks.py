"""Tasks and the launcher: the live list of tasks and its buttons."""

from __future__ import annotations

from everview.runtime.instances.checkpoints import Checkpoint
from everview.runtime.windows.effects import ConfirmQuit, OpenTab, Redirect
from everview.runtime.windows.messages import QuitRequest
from everview.testing import SimulatedApp


def test_list_shows_started_and_stopped_tasks(simulated: SimulatedApp) -> None:
    tasks = simulated.open("/tasks")
    assert tasks.has("Nothing is running.")
    countdown = simulated.open("/countdown/")
    countdown.type("#limit", "1000")
    countdown.click("Start")
    tasks.wait_until(lambda: tasks.has("Countdown from 1000"))
    tasks.wait_until(lambda: tasks.has("running"))
    countdown.shut()
    tasks.wait_until(lambda: tasks.text("tr[data-task] td:last-child button:last-child") == "Stop")
    tasks.click("Stop")
    tasks.wait_until(lambda: tasks.has("Keep"))
    tasks.click("Keep")
    tasks.wait_until(lambda: not tasks.has("Keep"))
    tasks.click("Stop")
    tasks.click("div.popup button.primary")
    tasks.wait_until(lambda: not tasks.has("Countdown from 1000"))
    assert simulated.do(simulated.runtime.summaries) == []


def test_tasks_of_another_owner_are_not_shown(simulated: SimulatedApp) -> None:
    mine, theirs = simulated.open("/tasks", user="me"), simulated.open("/tasks", user="you")
    simulated.open("/counter/", user="me")
    mine.wait_until(lambda: mine.has("tr[data-task]"))
    assert not theirs.has("tr[data-task]")


def test_open_button_redirects_to_the_task(simulated: SimulatedApp) -> None:
    simulated.open("/counter/").click("Increment")
    tasks = simulated.open("/tasks")
    tasks.click("Open")
    tasks.wait_until(lambda: Redirect("/counter/") in tasks.effects)
    tasks.click("New window")
    tasks.wait_until(lambda: OpenTab("/counter/") in tasks.effects)


def test_launcher_lists_the_views(simulated: SimulatedApp) -> None:
    launcher = simulated.open("/")
    for name, path in (("Counter", "/counter/"), ("Duplicates", "/duplicates/"), ("Tasks", "/tasks")):
        node = launcher.find(f'a.card[href^="{path}"]')
        assert node.get_text().startswith(name)
        simulated.open(path).shut()


def test_quit_lists_running_tasks(simulated: SimulatedApp) -> None:
    quits = []
    simulated.runtime.platform.quit = lambda how: not quits.append(how)  # type: ignore[method-assign, func-returns-value]
    countdown = simulated.open("/countdown/")
    countdown.type("#limit", "1000")
    countdown.click("Start")
    countdown.wait_until(lambda: countdown.has("#left"))
    launcher = simulated.open("/")
    launcher.click("Quit Everview …")
    launcher.wait_until(lambda: any(isinstance(effect, ConfirmQuit) for effect in launcher.effects))
    (tasks,) = (effect.tasks for effect in launcher.effects if isinstance(effect, ConfirmQuit))
    assert [task.title for task in tasks] == ["Countdown from 1000"]
    assert quits == []
    launcher.say(QuitRequest("stop"))
    simulated.wait_until(lambda: quits == ["stop"])


def test_interrupted_view_can_be_resumed_or_discarded(simulated: SimulatedApp) -> None:
    async def save() -> None:
        for url, title in (("/countdown/", "Count & down"), ("/counter/", "")):
            await simulated.runtime.checkpoints.save(Checkpoint("owner", url, title, b"1"))
        await simulated.runtime.checkpoints.save(Checkpoint("stranger", "/x/", "Secret", b"1"))

    simulated.call(save())
    window = simulated.open("/tasks")
    assert window.has("Interrupted")
    assert not window.has("Secret")
    window.click("[aria-label='Discard the checkpoint of /counter/']", wait=False)
    window.wait_until(lambda: window.has(".popup"))
    window.click(".popup .primary")
    window.wait_until(lambda: not window.has("[aria-label='Resume /counter/']"))
    assert simulated.runtime.checkpoints.find("owner", "/counter/") is None
    window.click("[aria-label='Resume Count & down']")
    window.wait_until(lambda: Redirect("/countdown/") in window.effects)
