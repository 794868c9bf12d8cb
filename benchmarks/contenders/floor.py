"""The floor: a hand-written minimal server with an aiohttp websocket.

The floor is the smallest program that does the work of the benchmarks. It has no access control and
no tree of nodes. The server stores the rows, the page contains the layout of a row, and each change
is a separate message.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time

from aiohttp import WSMsgType, web

from benchmarks.rows import STYLE, labels

HEAD = f"""<!doctype html><meta charset="utf-8"><title>floor</title><style>{STYLE}</style>"""
PAGE = """
<button id="add">add</button><button id="add-async">add async</button><span id="count">0</span>
<button id="create">create</button><button id="many">many</button>
<button id="more">more</button><button id="one-more">one more</button>
<button id="update">update</button><button id="select">select</button>
<button id="swap">swap</button><button id="drop">drop</button><button id="clear">clear</button>
<table><tbody id="rows"></tbody></table>
<script>
const socket = new WebSocket(`ws://${location.host}/socket`);
const [count, rows] = ["count", "rows"].map(id => document.getElementById(id));
const send = message => socket.send(JSON.stringify(message));
const rowOf = link => Number(link.closest("tr").id.slice("row-".length));
const pick = ({ currentTarget }) => send({ do: "pick", row: rowOf(currentTarget) });
const remove = ({ currentTarget }) => send({ do: "remove", row: rowOf(currentTarget) });
const build = pairs => {
  const fragment = document.createDocumentFragment();
  for (const [id, label] of pairs) {
    const tr = document.createElement("tr");
    tr.id = `row-${id}`;
    for (const [name, text] of [["id", id], ["label", label], ["remove", "x"]]) {
      const td = document.createElement("td");
      td.className = name;
      if (name === "id") td.textContent = text;
      else {
        const a = document.createElement("a");
        a.textContent = text;
        a.onclick = name === "label" ? pick : remove;
        td.append(a);
      }
      tr.append(td);
    }
    fragment.append(tr);
  }
  return fragment;
};
const at = index => rows.children[index];
let selected;
const take = {
  count: number => count.textContent = number,
  create: pairs => rows.replaceChildren(build(pairs)),
  more: pairs => rows.append(build(pairs)),
  update: changes => {
    for (const [index, label] of changes) at(index).children[1].firstChild.textContent = label;
  },
  select: index => {
    selected?.classList.remove("danger");
    selected = at(index);
    selected.classList.add("danger");
  },
  swap: ([one, two]) => {
    const [first, second, after] = [at(one), at(two), at(two).nextSibling];
    first.replaceWith(second);
    rows.insertBefore(first, after);
  },
  drop: index => at(index).remove(),
  clear: () => rows.replaceChildren(),
};
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  for (const name in message) take[name](message[name]);
};
for (const button of document.querySelectorAll("button")) {
  button.onclick = () => send({ do: button.id });
}
</script>"""

LOG = """
<button id="log">log</button><span id="done">0</span><span id="ended"></span>
<div id="lines"></div>
<script>
const socket = new WebSocket(`ws://${location.host}/lines`);
const [lines, done, ended] = ["lines", "done", "ended"].map(id => document.getElementById(id));
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.ended) ended.textContent = message.ended;
  else {
    const div = document.createElement("div");
    div.textContent = message.line;
    lines.append(div);
    done.textContent = message.done;
  }
};
document.getElementById("log").onclick = () => socket.send("{}");
</script>"""
# These headers isolate the page, so that its clock is as fine as the clock of Everview's pages.
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


class Work:
    """The state of one page. A method handles a click and returns the message for the page."""

    def __init__(self) -> None:
        self.count = self.round = 0
        self.selected = 0
        self.rows: list[tuple[int, str]] = []

    def add(self) -> dict[str, object]:
        self.count += 1
        return {"count": self.count}

    def add_async(self) -> dict[str, object]:
        return self.add()

    def create(self, count: int = 1000) -> dict[str, object]:
        self.round += 1
        self.selected = 0
        self.rows = labels(count, self.round)
        return {"create": self.rows}

    def many(self) -> dict[str, object]:
        return self.create(10_000)

    def more(self, count: int = 1000) -> dict[str, object]:
        self.round += 1
        more = labels(count, self.round)
        self.rows += more
        return {"more": more}

    def one_more(self) -> dict[str, object]:
        return self.more(1)

    def update(self) -> dict[str, object]:
        changes = []
        for index in range(0, len(self.rows), 10):
            number, label = self.rows[index]
            label += " !!!"
            self.rows[index] = number, label
            changes.append((index, label))
        return {"update": changes}

    def select(self) -> dict[str, object]:
        self.selected += 1
        return {"select": self.selected}

    def swap(self) -> dict[str, object]:
        self.rows[1], self.rows[998] = self.rows[998], self.rows[1]
        return {"swap": (1, 998)}

    def drop(self) -> dict[str, object]:
        del self.rows[5]
        return {"drop": 5}

    def pick(self, row: int) -> dict[str, object]:
        """Select the row with this number."""
        self.selected = self._index(row)
        return {"select": self.selected}

    def remove(self, row: int) -> dict[str, object]:
        """Remove the row with this number."""
        index = self._index(row)
        del self.rows[index]
        return {"drop": index}

    def _index(self, row: int) -> int:
        return next(index for index, (number, _) in enumerate(self.rows) if number == row)

    def clear(self) -> dict[str, object]:
        self.rows.clear()
        self.selected = 0
        return {"clear": None}


async def page(request: web.Request) -> web.Response:
    """Serve a page."""
    text = HEAD + (LOG if request.path == "/log" else PAGE)
    return web.Response(text=text, content_type="text/html", headers=ISOLATED)


async def link(request: web.Request) -> web.WebSocketResponse:
    """Serve the socket of one page."""
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    work = Work()
    async for message in ws:
        if message.type is not WSMsgType.TEXT:
            break
        arguments = json.loads(message.data)
        do = getattr(work, arguments.pop("do").replace("-", "_"))
        await ws.send_str(json.dumps(do(**arguments)))
    return ws


async def lines(request: web.Request) -> web.WebSocketResponse:
    """Send each line in its own message, because hand-written code would not merge lines."""
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    await ws.receive()
    started = time.perf_counter()
    for number in range(5000):
        await ws.send_str(json.dumps({"line": f"line {number}", "done": number + 1}))
    ended = f"{time.time()} {time.perf_counter() - started}"
    await ws.send_str(json.dumps({"ended": ended}))
    await ws.receive()
    return ws


#: The sockets of the pages that show the shared count.
shared: set[web.WebSocketResponse] = set()


async def shared_link(request: web.Request) -> web.WebSocketResponse:
    """Serve the websocket of one page. All pages show the same count."""
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    shared.add(ws)
    async for message in ws:
        if message.type is not WSMsgType.TEXT:
            break
        count = request.app[COUNT]
        count.add()
        text = json.dumps({"count": count.count})
        for other in list(shared):
            await other.send_str(text)
    shared.discard(ws)
    return ws


COUNT = web.AppKey("count", Work)


async def main() -> None:
    """Serve until stdin closes; answer every line with an address."""
    app = web.Application()
    app[COUNT] = Work()
    app.router.add_get("/", page)
    app.router.add_get("/socket", link)
    app.router.add_get("/log", page)
    app.router.add_get("/lines", lines)
    app.router.add_get("/shared", shared_link)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(f"http://127.0.0.1:{listening.getsockname()[1]}{line.strip()}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
