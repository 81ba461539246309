import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CannotTest } from './cannot-test.ts';
import { lastLines, runCommand } from './commands.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const elsewhere =
  'set AWS_ENDPOINT_URL to a running AWS emulator, as in `AWS_ENDPOINT_URL=http://localhost:4566 npm run test:deploy`';
/**
 * MiniStack needs Python 3.10. Some systems package the modules for virtual environments
 * separately.
 */
const checkPython = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';

/**
 * Creates a virtual environment with the emulator and cfn-lint, or reuses one with the same
 * requirements.
 * @param report called before long steps
 * @returns the path of its Python
 * @throws CannotTest if there is no Python or no package index
 */
export async function installTools(folder: string, report: (line: string) => void): Promise<string> {
  const venv = join(folder, 'venv');
  const installed = join(venv, 'installed.txt');
  const python = join(venv, 'bin', 'python');
  if ((await readIfExists(installed)) === (await readIfExists(requirements)) && (await isSuitable(python)))
    return python;
  report('Installing MiniStack and cfn-lint into .ministack/venv …');
  await rm(venv, { recursive: true, force: true });
  await runStep(await findPython(), ['-m', 'venv', venv], 'the virtual environment cannot be created');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1'];
  await runStep(python, [...pip, '--requirement', requirements], 'pip cannot install it');
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
    if (await isSuitable(name)) return name;
  throw new CannotTest(
    `The emulator MiniStack cannot be installed, because there is no Python 3.10 or later with its venv module: install one, or ${elsewhere}.`,
  );
}

async function isSuitable(python: string): Promise<boolean> {
  try {
    return (await runCommand(python, ['-c', checkPython], { env: process.env })).code === 0;
  } catch {
    return false;
  }
}

async function runStep(python: string, args: readonly string[], problem: string): Promise<void> {
  const { code, output } = await runCommand(python, args, { env: process.env });
  if (code === 0) return;
  const reason = lastLines(output, 1).replace(/^ERROR: /, '');
  throw new CannotTest(
    `The emulator MiniStack cannot be installed, because ${problem} (${reason}): reach a Python package index, or ${elsewhere}.`,
  );
}

async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
