import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLines, runCommand } from './commands.ts';

/** A sentence for the one who ran the test, in place of a stack. */
export class CannotTest extends Error {}

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const elsewhere =
  'set AWS_ENDPOINT_URL to an AWS emulator that is running already, as in `AWS_ENDPOINT_URL=http://localhost:4566 npm run test:deploy`';
/** Of Python: MiniStack needs 3.10, and a virtual environment needs both modules, which some systems ship apart. */
const suits = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';

/**
 * Makes a virtual environment with the emulator in it, or finds the one that an earlier run made of the same requirements.
 * @param told is told what takes long
 * @returns the path of its Python
 * @throws CannotTest where there is no Python, or no package index
 */
export async function installEmulator(folder: string, told: (line: string) => void): Promise<string> {
  const venv = join(folder, 'venv');
  const installed = join(venv, 'installed.txt');
  const python = join(venv, 'bin', 'python');
  if ((await textOf(installed)) === (await textOf(requirements)) && (await suitsUs(python))) return python;
  told('Installing MiniStack into .ministack/venv …');
  await rm(venv, { recursive: true, force: true });
  await make(await findPython(), ['-m', 'venv', venv], 'no virtual environment could be made');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  await make(python, [...pip, '--requirement', requirements], 'pip could not install it');
  await copyFile(requirements, installed);
  return python;
}

async function findPython(): Promise<string> {
  for (const name of [
    'python3',
    'python3.14',
    'python3.13',
    'python3.12',
    'python3.11',
    'python3.10',
    'python',
  ])
    if (await suitsUs(name)) return name;
  throw new CannotTest(
    `The emulator MiniStack cannot be installed, as there is no Python 3.10 or later with its venv module here: install one, or ${elsewhere}.`,
  );
}

async function suitsUs(python: string): Promise<boolean> {
  try {
    return (await runCommand(python, ['-c', suits], { env: process.env })).code === 0;
  } catch {
    return false;
  }
}

async function make(python: string, args: readonly string[], problem: string): Promise<void> {
  const { code, output } = await runCommand(python, args, { env: process.env });
  if (code === 0) return;
  const reason = lastLines(output, 1).replace(/^ERROR: /, '');
  throw new CannotTest(
    `The emulator MiniStack cannot be installed, as ${problem} (${reason}): reach a Python package index, or ${elsewhere}.`,
  );
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
