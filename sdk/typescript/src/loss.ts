/** What was recorded and did not arrive. Thrown by flush and shutdown. */
export class LossError extends Error {
  /** Acknowledged by the server. */
  readonly delivered: number;
  /** Not queued: the queue was full. */
  readonly dropped: number;
  /** Given up: the server refused the request, or stayed away. */
  readonly failed: number;
  /** Refused one by one (OTLP's partial success). */
  readonly rejected: number;
  /** Still queued or under way when time was up. */
  readonly waiting: number;

  constructor(counts: { delivered: number; dropped: number; failed: number; rejected: number; waiting: number }, cause: unknown) {
    const { delivered, dropped, failed, rejected, waiting } = counts;
    const lost = dropped + failed + rejected + waiting;
    const parts = ([
      [dropped, "dropped because the queue was full"],
      [failed, "given up"],
      [rejected, "rejected by the server"],
      [waiting, "still waiting when time was up"],
    ] as const).filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`);
    const why = cause instanceof Error ? `: ${cause.message}` : cause === undefined ? "" : `: ${String(cause)}`;
    super(`xray: ${lost} of ${lost + delivered} spans were not delivered: ${parts.join(", ")}${why}`, { cause });
    this.name = "LossError";
    this.delivered = delivered;
    this.dropped = dropped;
    this.failed = failed;
    this.rejected = rejected;
    this.waiting = waiting;
  }

  /** The number of spans that were not delivered. */
  get lost(): number {
    return this.dropped + this.failed + this.rejected + this.waiting;
  }
}
