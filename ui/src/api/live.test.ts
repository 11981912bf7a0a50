import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Live, type LiveEvents } from './live';

/** A stream whose other end the test holds. */
function line() {
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(c) {
      control = c;
    },
  });
  return {
    response: () => new Response(body, { status: 200 }),
    say: (text: string) => control?.enqueue(new TextEncoder().encode(text)),
    cut: () => control?.error(new Error('cut')),
  };
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe('the live connection', () => {
  const events = { onChanges: vi.fn(), onGap: vi.fn(), onUnauthorized: vi.fn() } satisfies LiveEvents;
  const answers: Array<() => Response | Error> = [];

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('fetch', async () => {
      const answer = answers.shift()?.() ?? new Error('refused');
      if (answer instanceof Error) throw answer;
      return answer;
    });
  });
  afterEach(() => {
    answers.length = 0;
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.clearAllMocks();
  });

  it('goes live, and gathers a burst into one change', async () => {
    const stream = line();
    answers.push(stream.response);
    const live = new Live(events);
    live.start();
    expect(live.state()).toBe('connecting');
    stream.say('event: ready\ndata: {}\n\n');
    await settle();
    expect(live.state()).toBe('live');
    expect(events.onGap).not.toHaveBeenCalled();
    stream.say(
      'event: execution\ndata: {"id":"a"}\n\nevent: execution\ndata: {"id":"b"}\n\nevent: deleted\ndata: {"id":"a"}\n\n',
    );
    await vi.advanceTimersByTimeAsync(1_000);
    expect(events.onChanges).toHaveBeenCalledTimes(1);
    const [changes] = events.onChanges.mock.calls[0] ?? [];
    expect([...changes.executions.keys()]).toEqual(['b']);
    expect([...changes.deleted]).toEqual(['a']);
    live.stop();
  });

  it('reconnects for ever, and counts the new connection as a gap', async () => {
    const first = line();
    const second = line();
    const refused = (): Error => new Error('refused');
    answers.push(first.response, refused, refused, second.response);
    const live = new Live(events);
    live.start();
    first.say('event: ready\ndata: {}\n\n');
    await settle();
    first.cut();
    await settle();
    expect(live.state()).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(10_000);
    second.say('event: ready\ndata: {}\n\n');
    await settle();
    expect(live.state()).toBe('live');
    expect(events.onGap).toHaveBeenCalledTimes(1);
    live.stop();
  });

  it('does not hammer a server that says ready and hangs up', async () => {
    let calls = 0;
    const hangUp = (): Response => {
      calls++;
      return new Response('event: ready\ndata: {}\n\n', { status: 200 });
    };
    answers.push(...Array.from({ length: 100 }, () => hangUp));
    const live = new Live(events);
    live.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toBeGreaterThan(3);
    expect(calls).toBeLessThan(14);
    live.stop();
  });

  it('takes a silent line for dead', async () => {
    const first = line();
    answers.push(first.response);
    const live = new Live(events);
    live.start();
    first.say('event: ready\ndata: {}\n\n');
    await settle();
    await vi.advanceTimersByTimeAsync(51_000);
    expect(live.state()).toBe('reconnecting');
    live.stop();
  });

  it('stops when the key is refused, and says so', async () => {
    answers.push(() => new Response('', { status: 401 }));
    const live = new Live(events);
    live.start();
    await settle();
    expect(live.state()).toBe('off');
    expect(events.onUnauthorized).toHaveBeenCalledOnce();
  });

  it('pauses and goes on', async () => {
    const first = line();
    const second = line();
    answers.push(first.response, second.response);
    const live = new Live(events);
    live.start();
    first.say('event: ready\ndata: {}\n\n');
    await settle();
    live.toggle();
    expect(live.state()).toBe('paused');
    live.toggle();
    second.say('event: ready\ndata: {}\n\n');
    await settle();
    expect(live.state()).toBe('live');
    expect(events.onGap).toHaveBeenCalledOnce();
    live.stop();
  });
});
