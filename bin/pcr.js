#!/usr/bin/env node
// A linked command and shell completion run with any installed Node.js. TypeScript needs 22.18 or later.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

if (process.features.typescript) await import('./pcr.ts');
else {
  const [node, script] = ['../node_modules/node/bin/node', './pcr.ts'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes: this one waits for the child.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', () => {
    console.error('pcr needs Node.js 22.18 or later, or the one that `npm ci` installs beside it.');
    process.exitCode = 1;
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
