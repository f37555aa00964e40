"""`aicycle ingest` as people and programs meet it: what it prints, exit codes, no traceback, nothing on refusal."""

from __future__ import annotations

import http.server
import json
import threading

import pytest

from aicycle.cli import main

TEXT = "Acme baut Rechenzentren\n\nAcme will in drei Jahren 40 Milliarden Yuan ausgeben, wie der Konzern mitteilte.\n"
PAGE = (
    "<html><head><title>Acme builds</title></head><body><article><p>Acme will spend 40 billion yuan on data centres"
    " over three years, the company said on Monday.</p></article></body></html>"
)


@pytest.fixture
def ask(tmp_path, capsys):
    """Type a command; return exit code, standard output, standard error."""

    def typed(*words):
        code = main([*map(str, words), "--home", str(tmp_path / "home")])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return code, said.out, said.err

    return typed


@pytest.fixture
def news(tmp_path):
    path = tmp_path / "news.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_document_is_taken_in_once(ask, news):
    code, out, _ = ask("ingest", news, "--published", "2025-09-28", "--lang", "auto")
    assert code == 0
    assert "in = stored + duplicate + quarantined" in out
    assert "document news.txt (de, 2025-09-28): Acme baut Rechenzentren" in out
    code, out, _ = ask("ingest", news, "--published", "2025-09-28", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["new_rows"], found["duplicate_rows"], found["quarantined_rows"]) == (0, 1, 0)
    (document,) = found["documents"]
    assert (document["document_id"], document["language"], document["revision"]) == ("news.txt", "de", 0)
    assert found["stopped"] == []
    code, out, _ = ask("verify", "--all")
    assert code == 0, out


def test_a_document_that_is_stopped_says_why_and_what_to_do(ask, tmp_path):
    broken = tmp_path / "broken.txt"
    broken.write_bytes("f\u00fcnf Milliarden".encode("latin-1"))
    code, out, _ = ask("ingest", broken)
    assert code == 3
    assert "STOPPED records/broken.txt.json: line 1: " in out
    assert "byte 0xfc at 1" in out
    shown = out.split("aicycle quarantine show ")[1].split()[0]
    code, out, _ = ask("quarantine", "show", shown)
    assert code == 0
    assert "byte 0xfc at 1" in out


def test_a_document_from_the_future_ends_with_3_though_nothing_is_held_yet(ask, news):
    code, out, _ = ask("ingest", news, "--published", "2190-01-01", "--json")
    found = json.loads(out)
    assert (code, found["held"], len(found["stopped"])) == (3, [], 1)


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("nothing.txt",), 2, "there is no file"),
        (("NEWS", "--published", "28.09.2025"), 2, "is not a day"),
        (("NEWS", "--lang", "fr"), 2, "'fr'"),
        (("NEWS", "--id", "../../x"), 2, "can't be an id"),
        (("NEWS", "--as-of", "yesterday"), 2, "yesterday"),
        ((".",), 2, "is a folder"),
        (("/dev/null",), 1, "it is no regular file"),
        (("ftp://example.org/x",), 2, "the scheme 'ftp'"),
        (("https://user:hunter2@example.org/x",), 2, "a user name or a password"),
        (("http://127.0.0.1:1/x",), 1, "is no public address"),
        (("http://localhost:1/x",), 1, "is no public address"),
        (("http://[::ffff:127.0.0.1]/x",), 1, "is no public address"),
    ],
)
def test_what_is_refused_says_why_and_stores_nothing(ask, news, words, code, why):
    found, out, error = ask("ingest", *(news if word == "NEWS" else word for word in words))
    assert (found, out) == (code, "")
    assert why in error
    assert "hunter2" not in error
    assert ask("sql", "FROM raw.payloads")[0] == 1, "nothing was published"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_a_page_of_this_network_where_the_setting_allows_it(ask, monkeypatch):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/2025/09/24/news"
        assert ask("ingest", address)[0] == 1
        monkeypatch.setenv("AICYCLE_FETCH_PRIVATE_ADDRESSES", "true")
        code, out, _ = ask("ingest", address, "--json")
        server.shutdown()
        thread.join()
    (document,) = json.loads(out)["documents"]
    assert code == 0
    assert (document["address"], document["title"]) == (address, "Acme builds")
    assert document["event_time"].startswith("2025-09-24T23:59:59")
