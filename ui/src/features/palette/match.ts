/** One thing that the palette can do or go to. */
export interface Command {
  id: string;
  group: string;
  label: string;
  /** Grey behind the label; searched, too. */
  note?: string;
  run: () => void;
}

/**
 * Commands that have every typed word, in any letter case: those whose label
 * begins with the text first, then those whose words do, then the others.
 */
export function match(commands: readonly Command[], text: string): Command[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...commands];
  const whole = words.join(' ');
  const ranked: Array<{ command: Command; rank: number }> = [];
  for (const command of commands) {
    const label = command.label.toLowerCase();
    const all = `${label} ${command.note?.toLowerCase() ?? ''}`;
    if (!words.every((word) => all.includes(word))) continue;
    const begins = words.every((word) => label.split(/\s+/).some((part) => part.startsWith(word)));
    ranked.push({ command, rank: label.startsWith(whole) ? 0 : begins ? 1 : 2 });
  }
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ command }) => command);
}

/** Whether a text looks like the id of an execution rather than like words. */
export function looksLikeId(text: string): boolean {
  const id = text.trim();
  return id.length >= 3 && id.length <= 256 && !/\s/.test(id);
}
