import { base } from '@/lib/base';
import { sseReader } from '@/lib/sse';
import { authHeaders } from './key';
import type { Changes } from './patch';
import type { Execution } from './types';

/** In words on the screen: connecting, live, paused, reconnecting, off. */
export type LiveState = 'connecting' | 'live' | 'paused' | 'reconnecting' | 'off';

export interface LiveEvents {
  /** Gathered for a moment, so that a burst is one repaint. */
  onChanges(changes: Changes): void;
  /** Something may have been missed: read again what is on the screen. */
  onGap(): void;
  onUnauthorized(): void;
}

const GATHER_MS = 150;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;
// The server says something at least every 15 s; a line that is silent for
// longer is dead without having said so (a laptop that slept, a lost NAT entry).
const SILENCE_MS = 50_000;
// A connection that ends sooner was no good: the server is up, but what it needs
// is not. It does not shorten the wait before the next one.
const LASTING_MS = 10_000;

/**
 * One connection to /api/events for the whole page. It reconnects for ever,
 * and each new connection counts as a gap, because the stream does not replay.
 */
export class Live {
  #state: LiveState = 'off';
  #listeners = new Set<() => void>();
  #abort: AbortController | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #hadConnection = false;
  #gathered: Changes = { executions: new Map(), deleted: new Set() };
  #flush: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: LiveEvents) {}

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = (): LiveState => this.#state;

  start(): void {
    if (this.#abort) return;
    this.#set(this.#hadConnection ? 'reconnecting' : 'connecting');
    void this.#connect();
  }

  stop(state: 'off' | 'paused' = 'off'): void {
    clearTimeout(this.#retry);
    this.#abort?.abort();
    this.#abort = undefined;
    this.#set(state);
  }

  toggle(): void {
    if (this.#state === 'paused') this.start();
    else this.stop('paused');
  }

  /** A different key or project: what was connected is someone else's. */
  restart(): void {
    this.stop();
    this.#failures = 0;
    this.start();
  }

  /** The network is back, or the page is seen again: do not wait. */
  hurry(): void {
    if (this.#state !== 'reconnecting') return;
    clearTimeout(this.#retry);
    this.#abort?.abort();
    void this.#connect();
  }

  #set(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  async #connect(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const response = await fetch(`${base}/api/events`, {
        headers: { ...authHeaders(), Accept: 'text/event-stream' },
        signal: abort.signal,
      });
      if (response.status === 401) {
        this.stop();
        this.events.onUnauthorized();
        return;
      }
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      await this.#read(response.body);
    } catch {
      // Told apart below: an abort is ours, all else is a lost connection.
    }
    if (this.#abort !== abort) return;
    this.#set('reconnecting');
    // Half fixed, half random: a restarted server is not met by all at once.
    const wait = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
    this.#retry = setTimeout(() => void this.#connect(), wait / 2 + Math.random() * (wait / 2));
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parse = sseReader();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    const watch = (): ReturnType<typeof setTimeout> => setTimeout(() => void reader.cancel(), SILENCE_MS);
    let silence = watch();
    const began = Date.now();
    try {
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        clearTimeout(silence);
        silence = watch();
        for (const { event, data } of parse(decoder.decode(chunk.value, { stream: true })))
          this.#on(event, data);
      }
    } finally {
      clearTimeout(silence);
      if (Date.now() - began >= LASTING_MS) this.#failures = 0;
    }
  }

  #on(event: string, data: string): void {
    if (event === 'ready') {
      const missed = this.#hadConnection || this.#failures > 0;
      this.#set('live');
      if (missed) this.events.onGap();
      this.#hadConnection = true;
    } else if (event === 'gap') {
      this.events.onGap();
    } else if (event === 'execution') {
      const execution = JSON.parse(data) as Execution;
      this.#gathered.executions.set(execution.id, execution);
      this.#gathered.deleted.delete(execution.id);
      this.#later();
    } else if (event === 'deleted') {
      const { id } = JSON.parse(data) as { id: string };
      this.#gathered.executions.delete(id);
      this.#gathered.deleted.add(id);
      this.#later();
    }
  }

  #later(): void {
    this.#flush ??= setTimeout(() => {
      const changes = this.#gathered;
      this.#gathered = { executions: new Map(), deleted: new Set() };
      this.#flush = undefined;
      this.events.onChanges(changes);
    }, GATHER_MS);
  }
}
