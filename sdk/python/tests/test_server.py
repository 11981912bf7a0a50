"""The round trip: SDK, the built server, its API. XRAY_BIN or bin/xray must be there."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import pytest

import xray
from xray import setup

BINARY = os.environ.get("XRAY_BIN") or str(pathlib.Path(__file__).parents[3] / "bin" / "xray")


class Server:
    def __init__(self, data: str) -> None:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("XRAY_", "OPENAI_")) and k != "DATABASE_URL"}
        ports = [a for f in ("--listen", "--otlp-http", "--otlp-grpc") for a in (f, "localhost:0")]
        self.process = subprocess.Popen(
            [BINARY, "serve", "--data-dir", data, *ports], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=clean
        )
        said = {}
        for line in self.process.stdout:
            words = line.split()
            if words:
                said[words[0]] = words[-1]
            if words and words[0] == "Explains":
                break
        self.ui, self.http = said["Web"], said["OTLP/HTTP"]

    def get(self, path: str):
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.ui + path, timeout=60) as response:
            return json.load(response)

    def settled(self, ref: str):
        """The execution, when its totals are final."""
        end = time.monotonic() + 60
        while True:
            ex = self.get(f"/api/executions/{ref}")
            if ex["settled"] or time.monotonic() > end:
                assert ex["settled"], ex
                return ex
            time.sleep(0.05)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def server():
    # PostgreSQL does not run as root: its own user must reach the directory.
    directory = tempfile.mkdtemp(prefix="xray-python-", dir="/tmp")
    os.chmod(directory, 0o755)
    s = Server(os.path.join(directory, "data"))
    yield s
    s.close()
    shutil.rmtree(directory)


@xray.step("search", type="retriever")
def search(query):
    return [{"id": i, "title": f"film {i}", "rating": i} for i in range(10)]


def recommend(client, execution_id):
    with client.use():
        with xray.execution("recommend", execution_id=execution_id, input="space", session="s-1", user="u-1", tags=["python"]) as ex:
            found = search("space")
            with xray.step("filter", input=found) as s:
                xray.criterion("rating", ">=", 7)
                for film in found:
                    (xray.keep if film["rating"] >= 7 else xray.drop)(film, score=film["rating"])
                s.set_output([f for f in found if f["rating"] >= 7])
            ex.set_metadata("shop", {"city": "Wien"})
            ex.set_final_outcome({"id": 9})
    return ex


def test_what_is_recorded_is_what_the_server_shows(server):
    client = setup.start(endpoint=server.http, ui_url=server.ui, set_global=False)
    ex = recommend(client, "py-1")
    client.shutdown(30)
    assert ex.url == f"{server.ui}/executions/{ex.trace_id}"
    got = server.settled("py-1")
    assert (got["id"], got["name"], got["status"], got["stepCount"]) == (ex.trace_id, "recommend", "ok", 3)
    assert (got["sessionId"], got["userId"], got["tags"]) == ("s-1", "u-1", ["python"])
    assert got["metadata"] == {"shop": {"city": "Wien"}} and got["finalOutcome"] == {"id": 9}
    receipt = got["receipt"]
    assert {k: int(v) for k, v in receipt.items()} == {"started": 3, "ended": 3, "dropped": 0, "cut": 0, "received": 3}
    steps = {s["name"]: s for s in server.get("/api/executions/py-1/steps")["steps"]}
    assert steps["search"]["type"] == "retriever" and steps["search"]["parentId"] == steps["recommend"]["id"]
    detail = server.get(f"/api/executions/py-1/steps/{steps['search']['id']}")
    assert detail["input"] == {"query": "space"} and len(detail["output"]) == 10


def test_the_receipt_says_what_was_cut(server):
    client = setup.start(endpoint=server.http, payload_limit=1000, set_global=False)
    with client.use(), xray.execution("cut", execution_id="py-cut"):
        for size in (10, 100, 500):
            with xray.step("search") as s:
                s.set_output([{"id": i, "title": f"film {i}"} for i in range(size)])
    client.shutdown(30)
    got = server.settled("py-cut")
    assert {k: int(v) for k, v in got["receipt"].items()} == {"started": 4, "ended": 4, "dropped": 0, "cut": 2, "received": 4}
    last = server.get("/api/executions/py-cut/steps")["steps"][-1]
    output = server.get(f"/api/executions/py-cut/steps/{last['id']}")["output"]
    assert output[0] == {"id": 0, "title": "film 0"} and len(output) < 500


def test_the_receipt_says_what_the_server_would_not_take(server):
    client = setup.start(endpoint=server.http, payload_limit=64 << 20, set_global=False)
    with client.use(), xray.execution("lost", execution_id="py-lost"):
        with xray.step("kept"):
            pass
        with xray.step("more than a request may carry") as s:
            s.set_output("x" * (21 << 20))
        with pytest.raises(xray.LossError, match="413") as loss:
            client.flush(30)
        assert loss.value.failed == 1
    with pytest.raises(xray.LossError):  # shutdown reports it, too
        client.shutdown(30)
    got = server.settled("py-lost")
    assert {k: int(v) for k, v in got["receipt"].items()} == {"started": 3, "ended": 3, "dropped": 1, "cut": 0, "received": 2}


def test_a_running_execution_is_seen(server):
    client = setup.start(endpoint=server.http, live=True, set_global=False)
    with client.use(), xray.execution("slow", execution_id="py-live") as ex:
        with xray.step("thinking"):
            client.flush(30)
            assert server.get(f"/api/executions/{ex.trace_id}")["status"] == "running"
            names = [s["name"] for s in server.get(f"/api/executions/{ex.trace_id}/steps")["steps"]]
            assert sorted(names) == ["slow", "thinking"]
    client.shutdown(30)
    got = server.settled("py-live")
    assert (got["status"], got["stepCount"], int(got["receipt"]["received"])) == ("ok", 2, 2)


def test_a_local_file_is_imported(server, tmp_path):
    path = tmp_path / "runs.ndjson"
    client = setup.start(local=path, set_global=False)
    recommend(client, "py-local")
    client.shutdown(30)
    out = subprocess.run(
        [BINARY, "import", str(path), "--url", server.ui], capture_output=True, text=True, timeout=60, check=True
    )
    assert "Imported 1" in out.stdout
    assert server.settled("py-local")["stepCount"] == 3


def test_what_to_json_returns_is_taken(server):
    client = setup.start(local=os.devnull, set_global=False)
    ex = recommend(client, "py-json")
    client.shutdown(30)
    request = urllib.request.Request(
        server.ui + "/api/executions", ex.to_json().encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as response:
        assert response.status == 201
    assert server.settled("py-json")["stepCount"] == 3
