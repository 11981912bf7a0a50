/** How one text becomes another, word by word. */

export interface Edit {
  op: '=' | '-' | '+';
  text: string;
}

/** Texts that differ in more words than this are too different to be told apart word by word. */
const MOST_EDITS = 600;
const MOST_WORDS = 20_000;

/** Words with the white space behind them; joined they are the text again. */
function words(text: string): string[] {
  return text.match(/\s*\S+\s*?(?=\s*\S|$)|\s+$/g) ?? (text === '' ? [] : [text]);
}

/** The edits from a to b; their texts without `+` are a, without `-` are b. */
export function textDiff(a: string, b: string): Edit[] {
  const [x, y] = [words(a), words(b)];
  let head = 0;
  while (head < x.length && head < y.length && x[head] === y[head]) head++;
  let tail = 0;
  while (tail < x.length - head && tail < y.length - head && x.at(-1 - tail) === y.at(-1 - tail)) tail++;
  const [mx, my] = [x.slice(head, x.length - tail), y.slice(head, y.length - tail)];
  const middle: Edit[] = (mx.length + my.length <= MOST_WORDS ? shortest(mx, my) : undefined) ?? [
    { op: '-', text: mx.join('') },
    { op: '+', text: my.join('') },
  ];
  return joined([
    { op: '=', text: x.slice(0, head).join('') },
    ...middle,
    { op: '=', text: tail > 0 ? x.slice(-tail).join('') : '' },
  ]);
}

/** Myers' greedy algorithm; undefined if more edits are needed than it may try. */
function shortest(x: readonly string[], y: readonly string[]): Edit[] | undefined {
  const most = Math.min(x.length + y.length, MOST_EDITS);
  const trail: Int32Array[] = [];
  const reach = new Int32Array(2 * most + 3);
  const mid = most + 1;
  for (let d = 0; d <= most; d++) {
    trail.push(reach.slice(mid - d - 1, mid + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(reach, mid + k - 1) < at(reach, mid + k + 1));
      let i = down ? at(reach, mid + k + 1) : at(reach, mid + k - 1) + 1;
      while (i < x.length && i - k < y.length && x[i] === y[i - k]) i++;
      reach[mid + k] = i;
      if (i >= x.length && i - k >= y.length) return walkBack(x, y, trail, d);
    }
  }
  return undefined;
}

const at = (list: Int32Array, i: number): number => list[i] as number;

function walkBack(
  x: readonly string[],
  y: readonly string[],
  trail: readonly Int32Array[],
  d: number,
): Edit[] {
  const out: Edit[] = [];
  let i = x.length;
  let j = y.length;
  for (let step = d; step > 0; step--) {
    const before = trail[step] as Int32Array; // reach after step-1, centred at step+1
    const k = i - j;
    const mid = step + 1;
    const down = k === -step || (k !== step && at(before, mid + k - 1) < at(before, mid + k + 1));
    const from = down ? k + 1 : k - 1;
    const fi = at(before, mid + from);
    const fj = fi - from;
    while (i > fi && j > fj && !(down ? i === fi && j === fj + 1 : i === fi + 1 && j === fj)) {
      i--;
      j--;
      out.push({ op: '=', text: x[i] as string });
    }
    if (down) out.push({ op: '+', text: y[--j] as string });
    else out.push({ op: '-', text: x[--i] as string });
  }
  while (i > 0) out.push({ op: '=', text: x[--i] as string });
  return out.reverse();
}

function joined(edits: readonly Edit[]): Edit[] {
  const out: Edit[] = [];
  for (const edit of edits) {
    if (edit.text === '') continue;
    const last = out.at(-1);
    if (last?.op === edit.op) last.text += edit.text;
    else out.push({ ...edit });
  }
  return out;
}
