"""Conway's game of life, which continues when all windows are closed."""

from everview import App, View
from everview.html import H1, HTML, Button, Div, NumberInput, P, Table, Tbody, Td, Tr

app = App(__file__)
ROWS, COLUMNS = 16, 24
GLIDER = {(1, 2), (2, 3), (3, 1), (3, 2), (3, 3)}
SIZE = {"width": "18px", "height": "18px", "padding": "0", "border": "1px solid gray"}


@app.route("/")
class GameOfLife(View):
    """One world for all windows of its owner."""

    is_daemon = True
    TITLE = "Game of life"

    def handle_request(self, request):
        self.alive = set(GLIDER)
        self.is_running = False
        self.generation = 0
        self.cells = {
            (row, column): Td(style=SIZE, handle_click=self.toggle, data_at=f"{row},{column}")
            for row in range(ROWS)
            for column in range(COLUMNS)
        }
        self.state = P(_id="state")
        self.run_button = Button("Run", handle_click=self.run_or_stop)
        self.pause = NumberInput(value=0.2, min=0.05, max=2, step=0.05, aria_label="Pause")
        table = Table(
            Tbody(Tr(self.cells[row, column] for column in range(COLUMNS)) for row in range(ROWS)),
            style={"border-collapse": "collapse"},
        )
        self.draw(set(), self.alive)
        step = Button("Step", handle_click=lambda event: self.step())
        clear = Button("Clear", handle_click=self.clear)
        buttons = Div(self.run_button, step, clear, self.pause, _class="row")
        self.show(HTML(H1("Game of life"), table, buttons, self.state))
        while True:
            if not self.is_running:
                self.await_click(self.run_button)
            self.sleep(self.pause.value or 0.2)
            if self.is_running:
                self.step()

    def run_or_stop(self, event):
        self.is_running = not self.is_running
        self.run_button.set_text("Stop" if self.is_running else "Run")
        return event  # pass the event on to `handle_request`, which waits for this click

    def toggle(self, event):
        row, column = map(int, event.node.attributes["data-at"].split(","))
        self.change(self.alive ^ {(row, column)})

    def clear(self, event):
        self.generation = 0
        self.change(set())

    def step(self):
        self.generation += 1
        self.change(next_generation(self.alive))

    def change(self, alive):
        # While the lock is held no frame is sent, so every window receives all changes in one
        # frame.
        with self.html.lock:
            self.draw(self.alive, alive)
            self.alive = alive

    def draw(self, before, now):
        for place in before ^ now:
            self.cells[place].style["background"] = "black" if place in now else "white"
        self.state.set_text(f"generation {self.generation}, {len(now)} alive")


def next_generation(alive):
    """The cells that are alive in the next generation. The grid wraps around at its edges."""
    neighbours = {}
    for row, column in alive:
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                if down or right:
                    place = ((row + down) % ROWS, (column + right) % COLUMNS)
                    neighbours[place] = neighbours.get(place, 0) + 1
    return {
        place
        for place, count in neighbours.items()
        if count == 3 or (count == 2 and place in alive)
    }


if __name__ == "__main__":
    app.run()
