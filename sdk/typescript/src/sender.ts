import { closeSync, openSync, writeSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { context, diag } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode, suppressTracing } from "@opentelemetry/core";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Target } from "./target.js";

/** Where batches go. */
export interface Sender {
  /** Sends a batch once. Throws Temporary, Divisible, or what no repetition will change. */
  send(spans: ReadableSpan[]): Promise<{ rejected: number; message: string }>;
  close(): void;
}

/** A failure that may pass. */
export class Temporary extends Error {
  constructor(
    message: string,
    /** Milliseconds that the server asked to be left alone. */
    readonly after = 0,
  ) {
    super(message);
  }
}

/** The batch was refused as a whole, but a part of it may be accepted. */
export class Divisible extends Error {}

/** OTLP/HTTP: everything else that is not 2xx is final. */
const RETRYABLE = [429, 502, 503, 504];
const MOST = 64 << 10; // bytes of an answer that are read
const compressed = promisify(gzip);

/**
 * Posts OTLP protobuf. Ours and not OpenTelemetry's exporter, because that one
 * does not tell what became of each span: it only logs a partial success.
 */
export class HTTPSender implements Sender {
  private readonly agent: http.Agent;
  private readonly request: typeof http.request;

  constructor(private readonly target: Target) {
    const tls = target.url.protocol === "https:";
    this.agent = tls ? new https.Agent({ keepAlive: true, ...target.tls }) : new http.Agent({ keepAlive: true });
    this.request = tls ? https.request : http.request;
  }

  async send(spans: ReadableSpan[]): Promise<{ rejected: number; message: string }> {
    const raw = ProtobufTraceSerializer.serializeRequest(spans);
    if (!raw) throw new Divisible("the spans cannot be encoded");
    const body = this.target.compress ? await compressed(raw, { level: 1 }) : raw;
    const answer = await context.with(suppressTracing(context.active()), () => this.post(body));
    const said = `${this.target.url.href} answered ${answer.status}: ${readable(answer.body)}`;
    if (RETRYABLE.includes(answer.status)) throw new Temporary(said, answer.after);
    if (answer.status === 400 || answer.status === 413) throw new Divisible(said);
    if (answer.status === 401 || answer.status === 403) throw new Error(`${said} (check the API key: XRAY_API_KEY)`);
    if (answer.status < 200 || answer.status > 299) throw new Error(said);
    return partial(answer.body);
  }

  private post(body: Uint8Array): Promise<{ status: number; after: number; body: Buffer }> {
    return new Promise((done, failed) => {
      const headers: Record<string, string | number> = {
        ...this.target.headers, "content-type": "application/x-protobuf", "content-length": body.byteLength,
      };
      if (this.target.compress) headers["content-encoding"] = "gzip";
      const late = (): void => void req.destroy(new Error(`no answer in ${this.target.timeout} ms`));
      const req = this.request(this.target.url, { method: "POST", agent: this.agent, headers, timeout: this.target.timeout }, (res) => {
        const parts: Buffer[] = [];
        let size = 0;
        res.on("data", (part: Buffer) => {
          if (size < MOST) parts.push(part);
          size += part.length;
        });
        res.on("error", (err) => failed(new Temporary(`${this.target.url.href}: ${err.message}`)));
        res.on("end", () => done({ status: res.statusCode ?? 0, after: retryAfter(res.headers["retry-after"]), body: Buffer.concat(parts) }));
      });
      req.on("timeout", late);
      req.on("error", (err: NodeJS.ErrnoException) => {
        const why = `${this.target.url.href}: ${err.message || err.code}`; // refused on two addresses has no message
        failed(/CERT|SELF_SIGNED|UNABLE_TO/.test(err.code ?? "") ? new Error(why) : new Temporary(why));
      });
      req.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

function partial(body: Buffer): { rejected: number; message: string } {
  try {
    const { partialSuccess } = ProtobufTraceSerializer.deserializeResponse(body);
    const rejected = Number(partialSuccess?.rejectedSpans ?? 0);
    const message = partialSuccess?.errorMessage ?? "";
    if (rejected === 0 && message) diag.warn(`xray: the server says: ${message}`); // OTLP: a warning without refusal
    return { rejected, message };
  } catch {
    return { rejected: 0, message: "" }; // another server's way to say yes
  }
}

/** An error's body may be a protobuf Status {1: code, 2: message}. */
function readable(body: Buffer): string {
  const at = body[0] === 0x08 ? body.indexOf(0x12) : -1;
  if (at > 0 && at < 12) body = body.subarray(at + (body[at + 1]! < 0x80 ? 2 : 3));
  return body.toString("utf8").replace(/[^\x20-\x7e\u00a1-\uffff]+/g, " ").trim().slice(0, 512);
}

function retryAfter(text: string | undefined): number {
  if (!text) return 0;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : 0;
}

/** Appends OTLP JSON to a file, one message per line, as `xray import` reads it. */
export class FileSender implements Sender {
  private readonly file: number;

  constructor(path: string) {
    // Opened now, so that a path that cannot be written is known at once.
    // Payloads are nobody else's: 0600.
    this.file = openSync(path, "a", 0o600);
  }

  async send(spans: ReadableSpan[]): Promise<{ rejected: number; message: string }> {
    const raw = JsonTraceSerializer.serializeRequest(spans);
    if (!raw) throw new Divisible("the spans cannot be encoded");
    const line = Buffer.concat([raw, Buffer.from("\n")]);
    for (let at = 0; at < line.length; ) at += writeSync(this.file, line, at);
    return { rejected: 0, message: "" };
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Sends through another exporter, with our queue. */
export class ExporterSender implements Sender {
  constructor(private readonly exporter: SpanExporter) {}

  async send(spans: ReadableSpan[]): Promise<{ rejected: number; message: string }> {
    const result = await new Promise<ExportResult>((done) => this.exporter.export(spans, done));
    if (result.code === ExportResultCode.SUCCESS) return { rejected: 0, message: "" };
    const err = result.error ?? new Error("the exporter reported a failure");
    const status = (err as { code?: unknown }).code;
    if (status === 413 || status === 400) throw new Divisible(err.message);
    if (typeof status === "number" && !RETRYABLE.includes(status)) throw err;
    throw new Temporary(err.message);
  }

  close(): void {
    void this.exporter.shutdown().catch(() => {}); // its connections only: the spans are accounted for
  }
}
