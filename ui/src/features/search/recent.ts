const KEY = 'xray.queries';
const MOST = 20;

/** The queries that were asked last, newest first, in this browser. */
export function recentQueries(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((q) => typeof q === 'string').slice(0, MOST) : [];
  } catch {
    return []; // storage may be blocked, or hold something else
  }
}

export function rememberQuery(q: string): void {
  if (q.trim() === '') return;
  try {
    const list = [q, ...recentQueries().filter((old) => old !== q)].slice(0, MOST);
    localStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // it is then not remembered
  }
}
