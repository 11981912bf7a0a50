"""Where and how to send, from arguments and environment."""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from ._version import VERSION

DEFAULT_ENDPOINT = "http://localhost:4318"
TRACES_PATH = "/v1/traces"


@dataclass
class Target:
    url: str
    headers: dict[str, str]
    timeout: float  # seconds, of one attempt
    compress: bool
    tls: ssl.SSLContext | None

    @property
    def loopback(self) -> bool:
        return is_loopback(urlsplit(self.url).hostname or "")

    def ui_url(self) -> str:
        """The UI's port beside OTLP's own, else the same address, which takes both."""
        u = urlsplit(self.url)
        host = f"[{u.hostname}]" if ":" in (u.hostname or "") else u.hostname or ""
        port = 8080 if u.port == 4318 else u.port
        return f"{u.scheme}://{host}" + (f":{port}" if port else "")


def resolve(endpoint: str | None, api_key: str | None, project: str | None) -> Target:
    """Reads, in this order: arguments, XRAY_*, OTEL_*. Raises ValueError for what makes no sense."""
    base = endpoint or os.environ.get("XRAY_ENDPOINT")
    exact = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    if not base and exact:
        url = parse_endpoint(exact, exact=True)
    else:
        url = parse_endpoint(base or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or DEFAULT_ENDPOINT, exact=False)
    headers = _headers(_otel("HEADERS"))
    if key := api_key or os.environ.get("XRAY_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    if name := project or os.environ.get("XRAY_PROJECT"):
        headers["X-Xray-Project"] = name
    headers["User-Agent"] = f"xray-sdk-python/{VERSION}"
    return Target(url, headers, _timeout(_otel("TIMEOUT")), _otel("COMPRESSION") != "none", _tls())


def _otel(name: str) -> str:
    return os.environ.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}") or os.environ.get(f"OTEL_EXPORTER_OTLP_{name}") or ""


def parse_endpoint(given: str, exact: bool) -> str:
    """The URL that spans are posted to.

    Without a scheme it is http for this machine and https for others, so that a
    key is never sent in the clear by omission.
    """
    full = given
    if "://" not in given:
        host = urlsplit("//" + given).hostname or ""
        full = ("http://" if is_loopback(host) else "https://") + given
    u = urlsplit(full)
    if u.scheme not in ("http", "https") or not u.hostname:
        raise ValueError(f"xray: {given!r} is not an endpoint: give a URL such as {DEFAULT_ENDPOINT}")
    path = u.path if exact or u.path.endswith(TRACES_PATH) else u.path.rstrip("/") + TRACES_PATH
    return urlunsplit((u.scheme, u.netloc, path, u.query, ""))


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _headers(text: str) -> dict[str, str]:
    headers = {}
    for pair in filter(str.strip, text.split(",")):
        key, is_pair, value = pair.partition("=")
        if not is_pair:
            raise ValueError("xray: OTEL_EXPORTER_OTLP_HEADERS has an entry that is not key=value")
        headers[key.strip().title()] = unquote(value.strip())
    return headers


def _timeout(text: str) -> float:
    try:
        ms = int(text or 30_000)
    except ValueError:
        ms = 0
    if ms <= 0:
        raise ValueError(f"xray: OTEL_EXPORTER_OTLP_TIMEOUT is {text!r}: give milliseconds")
    return ms / 1000


def _tls() -> ssl.SSLContext | None:
    ca, cert, key = _otel("CERTIFICATE"), _otel("CLIENT_CERTIFICATE"), _otel("CLIENT_KEY")
    if not ca and not (cert and key):
        return None
    try:
        tls = ssl.create_default_context(cafile=ca or None)
        if cert and key:
            tls.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as err:
        raise ValueError(f"xray: the certificates of OTEL_EXPORTER_OTLP_*: {err}") from err
    return tls
