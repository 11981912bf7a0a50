// Writes dist/licenses.txt: the licences of everything that is built into the
// page, as they ask. Packages with the same text share it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));

const byText = new Map();
for (const [path, info] of Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (!path || info.dev || info.devOptional || info.optional || path.includes('/@types/')) continue;
  const dir = new URL(`${path}/`, root);
  const file = readdirSync(dir).find((name) => /^licen[sc]e/i.test(name));
  const text = file ? readFileSync(new URL(file, dir), 'utf8').trim() : `Licence: ${info.license}`;
  const name = `${path.replace(/^.*node_modules\//, '')} ${info.version}`;
  byText.set(text, [...(byText.get(text) ?? []), name]);
}

const parts = [...byText].map(([text, names]) => `${[...new Set(names)].join('\n')}\n\n${text}\n`);
const rule = `\n${'-'.repeat(72)}\n\n`;
writeFileSync(
  new URL('dist/licenses.txt', root),
  `X-Ray's web UI is built with these packages.\n${rule}${parts.join(rule)}`,
);
