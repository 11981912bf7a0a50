import { readFileSync } from "node:fs";
import { isIP } from "node:net";

const DEFAULT_ENDPOINT = "http://localhost:4318";
const TRACES_PATH = "/v1/traces";

/** Where and how to send. */
export interface Target {
  url: URL;
  headers: Record<string, string>;
  /** Milliseconds of one attempt. */
  timeout: number;
  compress: boolean;
  tls: { ca?: Buffer; cert?: Buffer; key?: Buffer };
}

/** Reads, in this order: arguments, XRAY_*, OTEL_*. Throws for what makes no sense. */
export function resolve(given: { endpoint?: string | undefined; apiKey?: string | undefined; projectId?: string | undefined; version: string }): Target {
  const env = process.env;
  const base = given.endpoint || env["XRAY_ENDPOINT"];
  const exact = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
  const url = !base && exact ? parseEndpoint(exact, true) : parseEndpoint(base || env["OTEL_EXPORTER_OTLP_ENDPOINT"] || DEFAULT_ENDPOINT, false);
  const headers = parseHeaders(otel("HEADERS"));
  const key = given.apiKey || env["XRAY_API_KEY"];
  if (key) headers["authorization"] = `Bearer ${key}`;
  const project = given.projectId || env["XRAY_PROJECT"];
  if (project) headers["x-xray-project"] = project;
  headers["user-agent"] = `xray-sdk-typescript/${given.version}`;
  const timeout = Number(otel("TIMEOUT") || 30_000);
  if (!(timeout > 0)) throw new Error(`xray: OTEL_EXPORTER_OTLP_TIMEOUT is "${otel("TIMEOUT")}": give milliseconds`);
  return { url, headers, timeout, compress: otel("COMPRESSION") !== "none", tls: tls() };
}

const otel = (name: string): string => process.env[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || process.env[`OTEL_EXPORTER_OTLP_${name}`] || "";

/**
 * The URL that spans are posted to. Without a scheme it is http for this
 * machine and https for others, so that a key is never sent in the clear by
 * omission.
 */
function parseEndpoint(given: string, exact: boolean): URL {
  let full = given;
  if (!given.includes("://")) {
    const host = URL.canParse(`http://${given}`) ? new URL(`http://${given}`).hostname : "";
    full = (isLoopback(host) ? "http://" : "https://") + given;
  }
  if (!URL.canParse(full) || !/^https?:$/.test(new URL(full).protocol)) {
    throw new Error(`xray: "${given}" is not an endpoint: give a URL such as ${DEFAULT_ENDPOINT}`);
  }
  const url = new URL(full);
  if (!exact && !url.pathname.endsWith(TRACES_PATH)) url.pathname = url.pathname.replace(/\/+$/, "") + TRACES_PATH;
  return url;
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "");
  return bare === "localhost" || bare === "::1" || (isIP(bare) === 4 && bare.startsWith("127."));
}

function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",").filter((p) => p.trim() !== "")) {
    const at = pair.indexOf("=");
    if (at < 0) throw new Error("xray: OTEL_EXPORTER_OTLP_HEADERS has an entry that is not key=value");
    headers[pair.slice(0, at).trim().toLowerCase()] = decodeURIComponent(pair.slice(at + 1).trim());
  }
  return headers;
}

function tls(): Target["tls"] {
  const [ca, cert, key] = [otel("CERTIFICATE"), otel("CLIENT_CERTIFICATE"), otel("CLIENT_KEY")];
  try {
    return {
      ...(ca ? { ca: readFileSync(ca) } : {}),
      ...(cert && key ? { cert: readFileSync(cert), key: readFileSync(key) } : {}),
    };
  } catch (err) {
    throw new Error(`xray: the certificates of OTEL_EXPORTER_OTLP_*: ${String(err)}`, { cause: err });
  }
}

/** The UI's port beside OTLP's own, else the same address, which takes both. */
export function guessUI(url: URL): string {
  const u = new URL(url.origin);
  if (u.port === "4318") u.port = "8080";
  return u.origin;
}
