// Fails the build when the JavaScript that the first page loads grows over its
// budget, or when index.html holds what the Content-Security-Policy refuses.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 200;
const dist = new URL('../dist/', import.meta.url);
const index = readFileSync(new URL('index.html', dist), 'utf8');
const names = [...index.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map((match) => match[1]);
if (names.length === 0) throw new Error('index.html names no script: this check looks for another form');
const total = names.reduce(
  (sum, name) => sum + gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length,
  0,
);
const kb = (total / 1000).toFixed(1);
console.log(`initial JavaScript: ${kb} kB gzip of ${BUDGET_KB} kB (${names.join(', ')})`);
if (/<script(?![^>]*\bsrc=)|<style|\sstyle=/.test(index)) {
  console.error('index.html has inline scripts or styles; the Content-Security-Policy refuses them');
  process.exit(1);
}
if (total > BUDGET_KB * 1000) {
  console.error('over the budget: load something later, or drop it');
  process.exit(1);
}
