import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { bucketAt, bucketSpan, type Span } from '@/lib/chart';
import type { Area } from './Plot';

interface Pick {
  /** The bucket under the pointer or the keys. */
  at: number;
  /** Where a selection began; undefined while there is none. */
  anchor: number | undefined;
  byKeys: boolean;
}

interface Options {
  area: Area | undefined;
  start: number;
  width: number;
  count: number;
  onZoom: ((span: Span) => void) | undefined;
}

/** Which buckets are pointed at or selected, by pointer, touch or keys. */
export function usePicking({ area, start, width, count, onZoom }: Options) {
  const [pick, setPick] = useState<Pick>();
  const last = count - 1;
  const keep = (i: number): number => Math.max(0, Math.min(last, i));

  const zoom = (a: number, b: number): void => {
    setPick(undefined);
    onZoom?.(bucketSpan(a, b, start, width));
  };
  const bucketOf = (event: PointerEvent<HTMLElement>): number => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    return bucketAt(x, area?.left ?? 0, area?.width ?? 0, count);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = pick?.at ?? last;
    const go = (to: number): void => {
      const anchor = event.shiftKey ? (pick?.anchor ?? at) : undefined;
      setPick({ at: keep(to), anchor, byKeys: true });
    };
    const acts: Record<string, () => void> = {
      ArrowLeft: () => go(pick ? at - 1 : last),
      ArrowRight: () => go(pick ? at + 1 : last),
      Home: () => go(0),
      End: () => go(last),
    };
    if (pick && onZoom) acts.Enter = () => zoom(pick.anchor ?? at, at);
    // Without a selection Escape is the page's.
    if (pick?.anchor !== undefined) acts.Escape = () => setPick({ ...pick, anchor: undefined });
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  return {
    byKeys: pick?.byKeys ?? false,
    span: pick && {
      first: Math.min(pick.at, pick.anchor ?? pick.at),
      last: Math.max(pick.at, pick.anchor ?? pick.at),
      selecting: pick.anchor !== undefined,
    },
    handlers: {
      onKeyDown,
      onPointerDown: (event: PointerEvent<HTMLElement>): void => {
        if (!onZoom || event.button !== 0 || count === 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = bucketOf(event);
        setPick({ at, anchor: at, byKeys: false });
      },
      onPointerMove: (event: PointerEvent<HTMLElement>): void => {
        if (count === 0) return;
        const at = bucketOf(event);
        setPick((old) => ({ at, anchor: old?.byKeys ? undefined : old?.anchor, byKeys: false }));
      },
      onPointerUp: (): void => {
        if (pick?.anchor !== undefined && !pick.byKeys) zoom(pick.anchor, pick.at);
      },
      onPointerCancel: (): void => setPick(undefined),
      onPointerLeave: (): void => setPick((old) => (old?.byKeys ? old : undefined)),
      onBlur: (): void => setPick(undefined),
    },
  };
}
