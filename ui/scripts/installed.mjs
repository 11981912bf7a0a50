// Before a build: installs what package-lock.json names and node_modules lacks,
// as after a pull that brought a dependency. Quick when nothing is missing.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));
const missing = Object.entries(packages)
  .filter(([path, info]) => path && !info.optional && !existsSync(new URL(`${path}/package.json`, root)))
  .map(([path]) => path.replace(/^.*node_modules\//, ''));
if (missing.length > 0) {
  console.log(`installing ${missing.join(', ')}`);
  // --no-save: see the Makefile.
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
}
