import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages, PythonMissing } from '../python.ts';
import { CannotTest } from './cannot-test.ts';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const elsewhere =
  'set AWS_ENDPOINT_URL to a running AWS emulator, as in `AWS_ENDPOINT_URL=http://localhost:4566 npm run test:deploy`';

/**
 * Creates a virtual environment with the emulator and cfn-lint, or reuses one with the same
 * requirements.
 * @param report called before long steps
 * @returns the path of its Python
 * @throws CannotTest if there is no Python or no package index
 */
export async function installTools(folder: string, report: (line: string) => void): Promise<string> {
  try {
    return await installPackages(join(folder, 'venv'), requirements, () =>
      report('Installing MiniStack and cfn-lint into .ministack/venv …'),
    );
  } catch (error) {
    if (!(error instanceof PythonMissing)) throw error;
    throw new CannotTest(
      `The emulator MiniStack cannot be installed, because ${error.message}, or ${elsewhere}.`,
    );
  }
}
