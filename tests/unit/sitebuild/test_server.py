"""The server of `build.py serve` and of the end-to-end tests, asked over real connections."""

import pytest
from sitebuild.errors import BuildError
from sitebuild.server import SiteHandler, make_server
from support.site_server import ask


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("", "text/html; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.py", "text/x-python; charset=utf-8"),
        ("a.svg", "image/svg+xml"),
        ("a.png", "image/png"),
        ("a.json", "application/json"),
        ("a.pkl", "application/octet-stream"),
        ("a.zip", "application/zip"),
        ("pyodide/pyodide.asm.wasm", "application/wasm"),
        ("pyodide/numpy.whl", "application/octet-stream"),
        ("data/images.gz", "application/gzip"),
    ],
)
def test_media_types(serving, path, media_type):
    answer, _ = ask(serving(), f"/kobai/{path}")
    assert answer.status == 200
    assert answer.getheader("Content-Type") == media_type
    # with one, the browser would unpack .gz files itself, and the page's own unpacking would fail
    assert answer.getheader("Content-Encoding") is None


def test_files_come_whole_and_one_connection_serves_many(serving):
    connection = serving()
    socket = None
    for path, content in (("a.js", b"0123456789"), ("%C3%A4%20b.txt", b"0123456789"), ("?lang=ja", None)):
        answer, body = ask(connection, f"/kobai/{path}")
        assert (answer.status, answer.version) == (200, 11)
        assert body == (content or b"<title>Kobai</title>")
        assert socket in (None, connection.sock)
        socket = connection.sock


def test_head_has_the_length_and_no_body(serving):
    answer, body = ask(serving(), "/kobai/a.js", "HEAD")
    assert (answer.status, answer.getheader("Content-Length"), body) == (200, "10", b"")


def test_an_unchanged_file_is_not_sent_again(serving, folder):
    connection = serving()
    answer, _ = ask(connection, "/kobai/a.js")
    tag = answer.getheader("ETag")
    assert answer.getheader("Cache-Control") == "no-cache"
    answer, body = ask(connection, "/kobai/a.js", If_None_Match=f'"other", W/{tag}')
    assert (answer.status, body) == (304, b"")
    (folder / "a.js").write_bytes(b"a longer content")
    answer, body = ask(connection, "/kobai/a.js", If_None_Match=tag)
    assert (answer.status, body) == (200, b"a longer content")


@pytest.mark.parametrize("base_path", ["/", "/kobai/", "/deep/er/"])
def test_the_site_lies_at_its_base_path_only(serving, base_path):
    connection = serving(base_path)
    assert ask(connection, base_path)[1] == b"<title>Kobai</title>"
    if base_path != "/":
        assert ask(connection, "/")[0].status == 404
        assert ask(connection, "/a.js")[0].status == 404
        answer, _ = ask(connection, base_path[:-1] + "?lang=en")
        assert (answer.status, answer.getheader("Location")) == (301, f"{base_path}?lang=en")


def test_what_is_missing_gets_the_sites_own_page(serving):
    for path in ("/kobai/no.js", "/kobai/no/where", "/kobai/pyodide/", "/kobai/a.js/", "/other"):
        answer, body = ask(serving(), path)
        assert (answer.status, body) == (404, b"<title>No such page</title>"), path


def test_a_folder_without_its_slash_is_redirected(serving):
    answer, _ = ask(serving(), "/kobai/pyodide")
    assert (answer.status, answer.getheader("Location")) == (301, "/kobai/pyodide/")


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "%2e%2e/secret.txt", "pyodide/../../secret.txt", "..%2fsecret.txt", "..%5csecret.txt",
     "/secret.txt", "link.txt", "%00", "x" * 5000],
)  # fmt: skip
def test_nothing_outside_the_site_is_served(serving, folder, path):
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    answer, body = ask(serving(), f"/kobai/{path}")
    assert answer.status == 404
    assert b"not part of the site" not in body


def test_a_double_slash_never_redirects_to_another_host(serving):
    answer, _ = ask(serving("/"), "//pyodide")
    assert not answer.getheader("Location", "").startswith("//")


def test_a_subclass_can_make_faults(serving):
    class WithoutNumpy(SiteHandler):
        def find(self, below):
            return None if "numpy" in below else super().find(below)

    connection = serving(handler=WithoutNumpy)
    assert ask(connection, "/kobai/pyodide/numpy.whl")[0].status == 404
    assert ask(connection, "/kobai/a.js")[0].status == 200


def test_a_taken_port_is_told_with_the_remedy(folder):
    with make_server(folder) as first, pytest.raises(BuildError, match=r"in use.*--port"):
        make_server(folder, port=first.server_port)


def test_a_port_that_does_not_exist_is_told(folder):
    with pytest.raises(BuildError, match="Port 70000 does not exist"):
        make_server(folder, port=70000)
