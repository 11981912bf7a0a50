// Calls of OpenAI's API: the shared vectors, and the openai package itself.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SpanStatusCode } from "@opentelemetry/api";
import OpenAI from "openai";
import { recorder } from "./recorder.mjs";

const vectors = JSON.parse(readFileSync(new URL("../../testdata/openai.json", import.meta.url), "utf8"));

/** A body that comes in pieces of a few bytes, so that characters and lines are split. */
function pieces(text) {
  const bytes = Buffer.from(text);
  let at = 0;
  return new ReadableStream({ pull(c) { at < bytes.length ? c.enqueue(bytes.subarray(at, (at += 7))) : c.close(); } });
}

const answering = ({ status, type, body }) => async () => new Response(pieces(body), { status, headers: { "content-type": type } });

for (const v of vectors) {
  test(`shared vector: ${v.name}`, async () => {
    const { xray, spans } = recorder();
    const fetch = xray.openaiFetch(answering(v.answer));
    const response = await fetch(`https://api.openai.com${v.path}`, { method: "POST", body: JSON.stringify(v.request) });
    assert.equal(await response.text(), v.answer.body);
    const [s] = await spans();
    if (v.span === null) return assert.equal(s, undefined);
    const { error, ...want } = v.span;
    const attributes = { ...s.attributes };
    if (attributes["gen_ai.response.time_to_first_chunk"] >= 0) attributes["gen_ai.response.time_to_first_chunk"] = "*";
    assert.deepEqual({ name: s.name, attributes }, want);
    assert.equal(s.status.code === SpanStatusCode.ERROR, error !== undefined);
    if (error) assert.ok(s.status.message.includes(error), s.status.message);
  });
}

const [chat, , streamed] = vectors;
const client = (xray, fetch) => new OpenAI({ apiKey: "k", maxRetries: 1, fetch: xray.openaiFetch(fetch) });

test("the openai package gets its answer, under the step that asks", async () => {
  const { xray, span } = recorder();
  const openai = client(xray, answering(chat.answer));
  const said = await xray.trackExecution("run", (ctx) => ctx.step("ask", async () => (await openai.chat.completions.create(chat.request)).choices[0].message.content));
  assert.equal(said, "hi");
  assert.equal((await span("chat gpt-5-mini")).parentSpanContext.spanId, (await span("ask")).spanContext().spanId);
});

test("the openai package streams, and a stream that is left ends the call", async () => {
  const { xray, span, spans } = recorder();
  const openai = client(xray, answering(streamed.answer));
  let text = "";
  for await (const piece of await openai.chat.completions.create(streamed.request)) text += piece.choices[0]?.delta.content ?? "";
  assert.equal(text, "Let me löok.");
  assert.equal((await span("chat m")).attributes["gen_ai.usage.output_tokens"], 7);
  for await (const _ of await openai.chat.completions.create(streamed.request)) break;
  assert.equal((await spans()).length, 2);
});

test("a call that is repeated is a step for each attempt, and a broken connection is an error", async () => {
  const { xray, spans } = recorder();
  const turns = [async () => { throw new TypeError("connection reset"); }, answering(chat.answer)];
  const openai = client(xray, (...args) => turns.shift()(...args));
  await openai.chat.completions.create(chat.request);
  assert.deepEqual((await spans()).map((s) => s.status.message), ["connection reset", undefined]);
});

test("disabled, the package works all the same", async () => {
  process.env.XRAY_DISABLED = "1";
  try {
    const { xray } = recorder();
    assert.equal((await client(xray, answering(chat.answer)).chat.completions.create(chat.request)).id, "c-1");
  } finally {
    delete process.env.XRAY_DISABLED;
  }
});
