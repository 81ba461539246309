import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages, PythonMissing } from '../../python.ts';

const requirements = fileURLToPath(new URL('aws-cli-requirements.txt', import.meta.url));
const venv = fileURLToPath(new URL('../../../.aws-cli/venv', import.meta.url));

/**
 * Installs version 1 of the AWS CLI into `.aws-cli/venv`, once. No package registry has version 2.
 * @returns the folder of `aws`, or what is missing; in CI no test is skipped, so that is an error
 */
export async function installAwsCli(): Promise<{ readonly bin: string; readonly missing?: string }> {
  try {
    return { bin: dirname(await installPackages(venv, requirements)) };
  } catch (error) {
    if (process.env['CI'] || !(error instanceof PythonMissing)) throw error;
    return { bin: '', missing: error.message };
  }
}
