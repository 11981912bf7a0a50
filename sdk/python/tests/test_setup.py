"""What becomes of spans: a receiver that answers as it is told."""

import gzip
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

import xray
from xray import setup
from xray._target import parse_endpoint, resolve


class Receiver:
    """Answers with the statuses in turn; the last one stays. A function decides by the request."""

    def __init__(self, *answers):
        self.seen, self.names = [], []
        self.answers = list(answers) or [200]
        self.hold = threading.Event()
        self.hold.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                outer.hold.wait(20)
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers["Content-Encoding"] == "gzip":
                    raw = gzip.decompress(raw)
                request = ExportTraceServiceRequest.FromString(raw)
                names = [s.name for r in request.resource_spans for c in r.scope_spans for s in c.spans]
                outer.seen.append(self.headers)
                answer = outer.answers[min(len(outer.seen), len(outer.answers)) - 1]
                if callable(answer):
                    answer = answer(names)
                status, body = answer if isinstance(answer, tuple) else (answer, b"")
                if status == 200:
                    outer.names += names
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver():
    made = []

    def make(*answers):
        made.append(Receiver(*answers))
        return made[-1]

    yield make
    for r in made:
        r.close()


def quick(**more):
    return setup.Limits(**{"delay": 60.0, "retry_first": 0.01, "retry_longest": 0.01, **more})


def steps(client, *names):
    with client.use():
        for name in names:
            with xray.step(name):
                pass


def test_project_and_key_travel_as_headers_and_a_passing_failure_is_retried(receiver):
    r = receiver(503, 429, 200)
    client = setup.start(endpoint=r.url, project="shop", api_key="xray_k", limits=quick(), set_global=False)
    steps(client, "a", "b")
    client.shutdown(20)
    assert r.names == ["a", "b"] and len(r.seen) == 3
    assert r.seen[0]["X-Xray-Project"] == "shop" and r.seen[0]["Authorization"] == "Bearer xray_k"


def test_shutdown_says_what_was_refused(receiver):
    client = setup.start(endpoint=receiver(401).url, limits=quick(), set_global=False)
    steps(client, "a", "b")
    with pytest.raises(xray.LossError, match="2 of 2 spans were not delivered: 2 given up.*401.*XRAY_API_KEY") as loss:
        client.shutdown()
    assert loss.value.failed == loss.value.lost == 2


def test_a_span_that_the_server_cannot_read_is_lost_alone(receiver):
    r = receiver(lambda names: 400 if "bad" in names else 200)
    client = setup.start(endpoint=r.url, limits=quick(), set_global=False)
    steps(client, "a", "b", "bad", "c", "d")
    with pytest.raises(xray.LossError) as loss:
        client.shutdown(20)
    assert (loss.value.failed, loss.value.delivered) == (1, 4)
    assert sorted(r.names) == ["a", "b", "c", "d"]


def test_a_partial_success_is_counted(receiver):
    said = ExportTraceServiceResponse(partial_success=ExportTracePartialSuccess(rejected_spans=1, error_message="no id"))
    client = setup.start(endpoint=receiver((200, said.SerializeToString())).url, limits=quick(), set_global=False)
    steps(client, "a", "b")
    with pytest.raises(xray.LossError, match="1 rejected by the server.*no id") as loss:
        client.shutdown(20)
    assert loss.value.delivered == 1


def test_the_receipt_tells_what_was_lost_before_the_execution_ended(receiver):
    said = ExportTraceServiceResponse(partial_success=ExportTracePartialSuccess(rejected_spans=1, error_message="no id"))
    r = receiver((200, said.SerializeToString()), 403, 200)
    client = setup.start(endpoint=r.url, limits=quick(), set_global=False)
    with client.use(), xray.execution("run") as ex:
        steps(client, "a", "b")
        with pytest.raises(xray.LossError):
            client.flush(20)
        steps(client, "c", "d")
        with pytest.raises(xray.LossError):
            client.flush(20)
        root = ex.step.span
    with pytest.raises(xray.LossError) as loss:
        client.shutdown(20)
    assert (loss.value.rejected, loss.value.failed) == (1, 2)
    assert root.attributes["xray.receipt.dropped"] == 3


def test_a_server_that_is_away_is_tried_until_time_is_up(receiver):
    r = receiver()
    r.close()
    client = setup.start(endpoint=r.url, limits=quick(), set_global=False)
    steps(client, "a")
    with pytest.raises(xray.LossError) as loss:
        client.shutdown(0.2)
    assert loss.value.waiting == 1
    client = setup.start(endpoint=r.url, limits=quick(retry_total=0.05), set_global=False)
    steps(client, "a")
    with pytest.raises(xray.LossError, match="given up after 0.05 s"):
        client.shutdown(20)


def test_a_full_queue_blocks_once_then_drops_and_counts(receiver):
    r = receiver()
    r.hold.clear()
    client = setup.start(endpoint=r.url, limits=quick(queue_bytes=2000, batch_spans=1, block_for=0.05), set_global=False)
    with client.use(), xray.execution("run"):
        for i in range(40):
            with xray.step(str(i)):
                pass
    r.hold.set()
    with pytest.raises(xray.LossError) as loss:
        client.shutdown(20)
    assert loss.value.dropped > 0 and loss.value.dropped + loss.value.delivered == 41


def test_live_announcements_of_steps_that_have_ended_are_not_sent(receiver):
    r = receiver()
    client = setup.start(endpoint=r.url, live=True, limits=quick(), set_global=False)
    with client.use(), xray.execution("run"):
        client.flush(20)
        with xray.step("quick"):
            pass
    client.shutdown(20)
    assert r.names == ["run", "quick", "run"]


def test_the_receipt_counts_spans_of_others_too(receiver):
    client = setup.start(endpoint=receiver().url, limits=quick(), set_global=False)
    provider = client.backend.provider
    seen = []
    with client.use(), xray.execution("run") as ex:
        with provider.get_tracer("requests").start_as_current_span("GET"):
            pass
        seen.append(ex.step.span)
    client.shutdown(20)
    assert seen[0].attributes["xray.receipt.started"] == seen[0].attributes["xray.receipt.ended"] == 2


def test_the_programs_error_goes_before_a_loss(receiver):
    with pytest.raises(ZeroDivisionError):
        with setup.start(endpoint=receiver(401).url, limits=quick(), set_global=False) as client:
            steps(client, "a")
            1 / 0


def test_forked_workers_send_for_themselves(receiver):
    r = receiver()
    client = setup.start(endpoint=r.url, limits=quick(), set_global=False)
    steps(client, "parent")
    child = os.fork()
    if child == 0:
        steps(client, "child")
        client.shutdown(20)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    client.shutdown(20)
    assert sorted(r.names) == ["child", "parent"]


def test_local_writes_otlp_json(tmp_path):
    path = tmp_path / "runs.ndjson"
    with setup.start(local=path, set_global=False) as client, client.use(), xray.execution("run") as ex:
        pass
    (line,) = path.read_text().splitlines()
    (span,) = json.loads(line)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert span["traceId"] == ex.trace_id and len(span["spanId"]) == 16
    assert path.stat().st_mode & 0o777 == 0o600


def test_disabled_it_connects_to_nothing(monkeypatch):
    monkeypatch.setenv("XRAY_DISABLED", "1")
    before = trace.get_tracer_provider()
    client = setup.start(endpoint="http://127.0.0.1:1")
    steps(client, "a")
    client.shutdown()
    assert trace.get_tracer_provider() is before


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("localhost:4318", "http://localhost:4318/v1/traces"),
        ("[::1]:4318", "http://[::1]:4318/v1/traces"),
        ("xray.example.com", "https://xray.example.com/v1/traces"),
        ("https://x.example/otlp/", "https://x.example/otlp/v1/traces"),
    ],
)
def test_endpoints(given, url):
    assert parse_endpoint(given, exact=False) == url


def test_settings_come_from_arguments_then_ours_then_opentelemetrys(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "a=1%202, b=3")
    assert resolve(None, None, None).url == "http://otel:4318/v1/traces"
    assert resolve(None, None, None).headers["A"] == "1 2"
    assert resolve(None, None, None).ui_url() == "http://otel:8080"
    monkeypatch.setenv("XRAY_ENDPOINT", "http://ours")
    assert resolve(None, None, None).url == "http://ours/v1/traces"
    assert resolve("http://given", None, None).url == "http://given/v1/traces"
    with pytest.raises(ValueError, match="not an endpoint"):
        resolve("ftp://x", None, None)
