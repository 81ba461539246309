#!/usr/bin/env node
// Starts the bundle that `npm ci` and `npm run build` make. If there is none, or a source has
// changed since, it runs the sources, which need Node.js 22.18 or later.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const bundle = new URL('../dist/pcr/', import.meta.url);
/** Node.js 20 lacks what several commands use. */
const isOld = !('groupBy' in Map);

/** Returns the file that runs `pcr`, or undefined if it has to run from its sources. */
function findEntry() {
  try {
    const { entry, sources } = JSON.parse(readFileSync(new URL('built.json', bundle), 'utf8'));
    const isCurrent = Object.entries(sources).every(
      ([path, changedAtMs]) => statSync(new URL(`../${path}`, import.meta.url)).mtimeMs === changedAtMs,
    );
    return isCurrent && statSync(new URL(entry, bundle)).isFile() ? new URL(entry, bundle) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs the bundle or the sources with the Node.js that `npm ci` installs. */
function runOnInstalledNode(entry) {
  const [node, script] = ['../node_modules/node/bin/node', entry ?? './pcr.ts'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both processes: this one waits for the child.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', () => {
    console.error('pcr is not built: run `npm ci` in its folder.');
    process.exitCode = 1;
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

const entry = findEntry();
// Warnings of packages, such as the one of the SDK about Node.js 20, say nothing to operators.
if (entry) process.removeAllListeners('warning');
// Beside the bundle, because other users of this machine may write to the folder for temporary files.
if (entry) nodeModule.enableCompileCache?.(fileURLToPath(new URL('cache', bundle)));
if (entry && !isOld) await import(entry.href);
else if (process.features.typescript && !isOld) await import('./pcr.ts');
else runOnInstalledNode(entry);
