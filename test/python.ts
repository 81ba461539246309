import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandResult, lastLines, runCommand } from './deploy/commands.ts';

/** Python, a module of it or a package index is missing. The message also says what to do. */
export class PythonMissing extends Error {}

/** Some systems package the modules for virtual environments separately. */
const checkPython = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const pip = ['-m', 'pip', '--quiet', '--disable-pip-version-check', '--retries', '1'];

/** @returns the name of a Python 3.10 or later @throws PythonMissing */
export async function findPython(): Promise<string> {
  for (const name of names) if (await isSuitable(name)) return name;
  throw new PythonMissing('there is no Python 3.10 or later with its venv module: install one');
}

/**
 * Creates a virtual environment with packages, or reuses one with the same requirements.
 * @param requirements path of a file
 * @param beforeInstalling called before the step that takes long
 * @returns the path of its Python
 * @throws PythonMissing
 */
export async function installPackages(
  venv: string,
  requirements: string,
  beforeInstalling: () => void = () => {},
): Promise<string> {
  const installed = join(venv, 'installed.txt');
  const python = join(venv, 'bin', 'python');
  if ((await readIfExists(installed)) === (await readIfExists(requirements)) && (await isSuitable(python)))
    return python;
  beforeInstalling();
  await rm(venv, { recursive: true, force: true });
  const { code, output } = await run(await findPython(), ['-m', 'venv', venv]);
  if (code !== 0)
    throw new PythonMissing(
      `the virtual environment cannot be created (${reasonIn(output)}): repair Python's venv module`,
    );
  await runPip(python, ['install', '--requirement', requirements]);
  await copyFile(requirements, installed);
  return python;
}

/** @throws PythonMissing if pip fails, as it does without a package index */
export async function runPip(python: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(python, [...pip, ...args]);
  if (code !== 0)
    throw new PythonMissing(`pip cannot ${args[0]} it (${reasonIn(output)}): reach a Python package index`);
}

async function isSuitable(python: string): Promise<boolean> {
  try {
    return (await run(python, ['-c', checkPython])).code === 0;
  } catch {
    return false;
  }
}

function run(program: string, args: readonly string[]): Promise<CommandResult> {
  return runCommand(program, args, { env: process.env });
}

function reasonIn(output: string): string {
  return lastLines(output, 1).replace(/^ERROR: /, '');
}

async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
