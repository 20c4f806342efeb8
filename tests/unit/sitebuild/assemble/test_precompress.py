"""Compressed copies: made for what is worth it, sent to whom can read them, counted nowhere."""

import gzip

from sitebuild.assemble import precompress, size_budget
from support.site_server import ask

LARGE = b"0123456789" * 3000


def test_large_texts_and_programs_get_a_copy_and_nothing_else(tmp_path):
    for name in ("a.js", "a.wasm", "a.whl", "a.png", "images.gz"):
        (tmp_path / name).write_bytes(LARGE)
    (tmp_path / "small.js").write_bytes(b"1")
    precompress.write(tmp_path)
    copies = {path.name: path for path in tmp_path.iterdir() if precompress.is_copy(path)}
    assert set(copies) == {"a.js.gz", "a.wasm.gz"}
    assert gzip.decompress(copies["a.js.gz"].read_bytes()) == LARGE
    first = copies["a.js.gz"].read_bytes()
    precompress.write(tmp_path)
    assert copies["a.js.gz"].read_bytes() == first


def test_the_size_table_counts_a_file_once(tmp_path):
    (tmp_path / "a.js").write_bytes(LARGE)
    (tmp_path / "images.gz").write_bytes(LARGE)
    precompress.write(tmp_path)
    assert [size.name for size in size_budget.measure(tmp_path)] == ["a.js", "images.gz"]


def test_who_reads_gzip_gets_the_copy_and_the_others_the_file(serving, folder):  # noqa: F811
    (folder / "large.js").write_bytes(LARGE)
    precompress.write(folder)
    connection = serving()
    answer, body = ask(connection, "/kobai/large.js", Accept_Encoding="gzip, br")
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert int(answer.headers["Content-Length"]) == len(body) < len(LARGE)
    assert gzip.decompress(body) == LARGE
    again, _nothing = ask(
        connection, "/kobai/large.js", Accept_Encoding="gzip", If_None_Match=answer.headers["ETag"]
    )
    assert again.status == 304
    plain, body = ask(connection, "/kobai/large.js", Accept_Encoding="identity")
    assert plain.headers["Content-Encoding"] is None
    assert body == LARGE
    assert plain.headers["ETag"] != answer.headers["ETag"]


def test_data_that_is_gzip_itself_is_sent_as_it_is(serving):  # noqa: F811
    answer, body = ask(serving(), "/kobai/data/images.gz", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] is None
    assert body == b"\x1f\x8b"
