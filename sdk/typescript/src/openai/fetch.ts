import { STATUS_CODES } from "node:http";
import type { Call, LLMRequest } from "../llm.js";
import { type Kind, kindOf, parseRequest } from "./request.js";
import { type Answer, record } from "./response.js";
import { Stream } from "./stream.js";

/** fetch, as far as the openai package uses it. */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** How much of an answer is looked at; what is larger is passed on all the same. */
const MAX_BODY = 16 << 20;

/**
 * Records the calls of OpenAI's API: chat completions, responses and
 * embeddings, streamed or not. It changes neither request nor answer, and reads
 * what passes while the program reads it. A call that the client repeats is a
 * step for each attempt.
 */
export function tracedFetch(fetch: FetchLike, start: (request: LLMRequest) => Call): FetchLike {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    const kind = kindOf(url.pathname);
    if (!kind || typeof init?.body !== "string") return fetch(input, init);
    const call = begin(kind, url, init.body, start);
    if (!call) return fetch(input, init);
    let response: Response;
    try {
      response = await fetch(input, init);
    } catch (err) {
      call.own.fail(err);
      call.own.close();
      throw err;
    }
    return response.ok ? watched(response, call) : failed(response, call);
  };
}

function begin(kind: Kind, url: URL, body: string, start: (request: LLMRequest) => Call): Call | undefined {
  try {
    const { request, input } = parseRequest(kind, JSON.parse(body));
    const provider = url.hostname.endsWith(".openai.azure.com") ? "azure.ai.openai" : "openai";
    const call = start({ ...request, provider });
    call.setAttributes({ "server.address": url.hostname });
    if (input !== undefined) call.setInput(input);
    return call;
  } catch {
    return undefined; // not the request that we know: the program's business alone
  }
}

/** Ends the call of an answer that is an error; a client that tries again may leave it unread. */
async function failed(response: Response, call: Call): Promise<Response> {
  let text = "";
  try {
    text = await response.text();
  } finally {
    let message = text.trim().slice(0, 64 << 10);
    try {
      message = (JSON.parse(text) as Answer).error?.message ?? message;
    } catch {
      // not JSON: the text says it
    }
    call.own.fail(new Error(`${response.status} ${STATUS_CODES[response.status] ?? ""}: ${message}`));
    call.own.close();
  }
  return new Response(text, response);
}

/** Hands the body on piece by piece, and ends the call when it has been read or given up. */
function watched(response: Response, call: Call): Response {
  if (!response.body) {
    call.own.close();
    return response;
  }
  const streamed = response.headers.get("content-type")?.startsWith("text/event-stream");
  const stream = streamed ? new Stream(call) : undefined;
  const whole: Uint8Array[] = [];
  let size = 0;
  const see = (piece: Uint8Array): void => {
    size += piece.byteLength;
    if (size > MAX_BODY) return; // recorded as far as it was read
    if (stream) stream.write(piece);
    else whole.push(piece);
  };
  const end = (err?: unknown): void => {
    finish(call, stream?.whole ?? parseWhole(whole), err);
  };
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          end();
          return controller.close();
        }
        quietly(() => see(value));
        controller.enqueue(value);
      } catch (err) {
        end(err);
        controller.error(err);
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  });
  return new Response(body, response);
}

function parseWhole(pieces: Uint8Array[]): Answer | undefined {
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8")) as Answer;
  } catch {
    return undefined;
  }
}

function finish(call: Call, answer: Answer | undefined, err: unknown): void {
  if (answer) {
    quietly(() => {
      const said = record(call, answer);
      err ??= said;
    });
  }
  if (err !== undefined) call.own.fail(err);
  call.own.close();
}

/** An answer of another shape than we know must not reach the program as our error. */
function quietly(f: () => void): void {
  try {
    f();
  } catch {
    // recorded as far as it was understood
  }
}
