/** Server-sent events, read from a fetch body: EventSource cannot send keys. */

export interface ServerEvent {
  event: string;
  data: string;
}

/**
 * Makes a reader of chunks: each call returns the events that the chunk
 * completed. Comments are heartbeats and come back as `event: ''`.
 */
export function sseReader(): (chunk: string) => ServerEvent[] {
  let rest = '';
  let event = '';
  let data: string[] = [];

  return (chunk) => {
    const out: ServerEvent[] = [];
    rest += chunk;
    // A CR at the very end may be half of a CRLF: wait for what follows.
    const usable = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const lines = usable.split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + rest.slice(usable.length);
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) out.push({ event: event || 'message', data: data.join('\n') });
        event = '';
        data = [];
      } else if (line.startsWith(':')) {
        out.push({ event: '', data: '' });
      } else {
        const colon = line.indexOf(':');
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'event') event = value;
        if (field === 'data') data.push(value);
      }
    }
    return out;
  };
}
