"""A folder with a file of each kind, and our server for it."""

import http.client
import threading

import pytest
from sitebuild.server import SiteHandler, make_server


@pytest.fixture
def folder(tmp_path):
    site = tmp_path / "site"
    (site / "pyodide").mkdir(parents=True)
    (site / "data").mkdir()
    (site / "index.html").write_text("<title>Kobai</title>", encoding="utf-8")
    (site / "404.html").write_text("<title>No such page</title>", encoding="utf-8")
    for name in ("a.css", "a.js", "a.mjs", "a.py", "a.svg", "a.png", "a.json", "a.pkl", "a.zip", "ä b.txt"):
        (site / name).write_bytes(b"0123456789")
    (site / "pyodide" / "pyodide.asm.wasm").write_bytes(b"\0asm")
    (site / "pyodide" / "numpy.whl").write_bytes(b"PK")
    (site / "data" / "images.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / "secret.txt").write_text("not part of the site", encoding="utf-8")
    return site


@pytest.fixture
def serving(folder):
    servers = []

    def start(base_path="/kobai/", handler=SiteHandler):
        server = make_server(folder, base_path, handler=handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        servers.append((server, connection))
        return connection

    yield start
    for server, connection in servers:
        connection.close()
        server.shutdown()
        server.server_close()
