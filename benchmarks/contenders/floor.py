"""The floor: a bare aiohttp websocket and a hand-written page. No guard, no tree, no owner."""

from __future__ import annotations

import asyncio
import json
import socket
import sys

from aiohttp import WSMsgType, web

from benchmarks.rows import labels

PAGE = """<!doctype html><meta charset="utf-8"><title>floor</title>
<button id="add">add</button><span id="count">0</span>
<button id="create">create</button><table><tbody id="rows"></tbody></table>
<script>
const socket = new WebSocket(`ws://${location.host}/socket`);
const count = document.getElementById("count"), rows = document.getElementById("rows");
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.count !== undefined) count.textContent = message.count;
  if (message.rows) {
    const fragment = document.createDocumentFragment();
    for (const [id, label] of message.rows) {
      const tr = document.createElement("tr");
      for (const [name, text] of [["id", id], ["label", label], ["remove", "x"]]) {
        const td = document.createElement("td");
        td.className = name;
        if (name === "id") td.textContent = text;
        else {
          const a = document.createElement("a");
          a.textContent = text;
          td.append(a);
        }
        tr.append(td);
      }
      fragment.append(tr);
    }
    rows.replaceChildren(fragment);
  }
};
document.getElementById("add").onclick = () => socket.send('{"do":"add"}');
document.getElementById("create").onclick = () => socket.send('{"do":"create"}');
</script>"""


async def page(request: web.Request) -> web.Response:
    """The page."""
    # An isolated page has the finer clock that ours has.
    isolated = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
    return web.Response(text=PAGE, content_type="text/html", headers=isolated)


async def link(request: web.Request) -> web.WebSocketResponse:
    """One page's socket."""
    ws = web.WebSocketResponse(compress=False)
    await ws.prepare(request)
    count, round_ = 0, 0
    async for message in ws:
        if message.type is not WSMsgType.TEXT:
            break
        if json.loads(message.data)["do"] == "add":
            count += 1
            await ws.send_str(json.dumps({"count": count}))
        else:
            round_ += 1
            await ws.send_str(json.dumps({"rows": labels(1000, round_)}))
    return ws


async def main() -> None:
    """Serve until stdin closes; every line asks for an address."""
    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/socket", link)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listening).start()
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
