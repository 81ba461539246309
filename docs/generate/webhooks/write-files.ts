import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { webhookFiles } from './webhook-files.ts';

const folder = new URL('../../webhooks/', import.meta.url);
/** What is generated there. Other files are written by hand. */
const generated = ['schemas/**', 'samples/**', 'chat/**', 'types/**', 'asyncapi.yaml'];

/** Returns what is generated in `docs/webhooks`, as it is written, by path. */
export function writtenFiles(): ReadonlyMap<string, string> {
  const files = globSync(generated, { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = `${parentPath}/${name}`;
      return [path.slice(folder.pathname.length), readFileSync(path, 'utf8')];
    }),
  );
}

/**
 * Writes every generated file of `docs/webhooks`, and removes those that are generated no more.
 * @returns the paths of files that it has written or removed
 */
export function writeWebhookFiles(): readonly string[] {
  const [written, current] = [writtenFiles(), webhookFiles()];
  const stale = [...written.keys()].filter((path) => !current.has(path));
  const changed = [...current].filter(([path, text]) => written.get(path) !== text);
  for (const path of stale) rmSync(new URL(path, folder));
  for (const [path, text] of changed) {
    mkdirSync(new URL('.', new URL(path, folder)), { recursive: true });
    writeFileSync(new URL(path, folder), text);
  }
  return [...stale, ...changed.map(([path]) => path)];
}
