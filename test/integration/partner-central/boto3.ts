import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Json } from '../../../lambdas/core/json.ts';
import { installPackages, PythonMissing } from '../../python.ts';

/** One call of the API, as JSON. */
export interface ApiCall {
  readonly operation: string;
  readonly input: unknown;
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const venv = fileURLToPath(new URL('../../../.boto3/venv', import.meta.url));

/**
 * Installs boto3 into `.boto3/venv`, once.
 * @returns a Python that has it, or what is missing; in CI no test is skipped, so that is an error
 */
export async function installBoto3(): Promise<{ readonly python: string; readonly missing?: string }> {
  try {
    return { python: await installPackages(venv, beside('boto3-requirements.txt')) };
  } catch (error) {
    if (process.env['CI'] || !(error instanceof PythonMissing)) throw error;
    return { python: '', missing: error.message };
  }
}

/** Makes all calls in one process. @returns what `boto3-calls.py` prints for each call */
export async function callWithBoto3(
  python: string,
  url: string,
  calls: readonly ApiCall[],
): Promise<readonly Json[]> {
  // Nothing of this machine: no proxy, no profile.
  const env = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  const running = promisify(execFile)(python, [beside('boto3-calls.py')], { env, maxBuffer: 10_000_000 });
  running.child.stdin?.end(JSON.stringify({ url, calls }));
  const printed: readonly Json[] = JSON.parse((await running).stdout);
  return printed;
}
