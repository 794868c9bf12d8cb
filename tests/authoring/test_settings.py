"""Settings have types, and an error for an unknown name suggests a known one."""

from __future__ import annotations

import pytest

from everview import App, View
from everview.errors import SettingsError
from everview.testing import SimulatedApp


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TEMPLATE_DIR", [], "TEMPLATE_DIRS"),
        ("http_max_size", 1, "HTTP_MAX_SIZE"),
        ("COLOUR_OF_THE_BIKE_SHED", 1, "there are: "),
        ("TEMPLATE_DIRS", "templates", "must be list"),
        ("SECOND_START", "both", 'must be "window" or "focus"'),
        ("HTTP_MAX_SIZE", True, "must be int"),
        ("STOP_DAEMON_WHEN_VIEW_FINISHES", "yes", "must be bool"),
    ],
)
def test_setting_with_unknown_name_or_wrong_type_is_refused_at_its_line(
    name: str, value: object, message: str
) -> None:
    with pytest.raises(SettingsError, match=message) as raised:
        setattr(App(__file__).settings, name, value)
    assert "test_settings.py" in str(raised.value)


def test_settings_are_used_by_the_app() -> None:
    app = App(__file__)
    app.settings.INITIAL_SERVER_STATE = {"visits": 1}
    app.settings.STOP_DAEMON_WHEN_VIEW_FINISHES = True
    app.settings.TEMPLATE_EXTRA_FILTERS = {"loud": str.upper}
    app.settings.TEMPLATE_EXTRA_CONTEXT = {"name": "ann"}

    @app.route("/")
    class Ends(View):
        is_daemon = True

        def handle_request(self, request):
            self.show(template_string="<p id=name>{{ name|loud }} {{ visits }}</p>",
                      context={"visits": self.server.state["visits"]})  # fmt: skip

    @app.route("/stays/")
    class Stays(View):
        is_daemon = True
        STOP_DAEMON_WHEN_VIEW_FINISHES = False

        def handle_request(self, request):
            return "stays"

    with SimulatedApp(app) as simulated:
        assert simulated.open().text("#name") == "ANN 1"
        simulated.open("/stays/")
        simulated.wait_for(lambda: len(simulated.runtime.instances) == 1)
        (left,) = simulated.runtime.instances.values()
        assert left.request.url == "/stays/"
