import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../deploy/commands.ts';
import { findPython, runPip } from '../python.ts';
import { parseServiceModel, type ServiceModel } from './service-model.ts';

/** Prints the service model in a wheel, which older versions of botocore have uncompressed. */
const printModel = `
import gzip, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    [name] = [name for name in wheel.namelist() if '/partnercentral-selling/' in name and '/service-2.json' in name]
    content = wheel.read(name)
sys.stdout.write((gzip.decompress(content) if name.endswith('.gz') else content).decode())
`;

/**
 * Downloads the newest botocore, whose models AWS updates first, with pip, so that the package
 * index is the one that is configured.
 * @throws PythonMissing if there is no Python or no package index
 */
export async function readNewestModel(): Promise<{ readonly version: string; readonly model: ServiceModel }> {
  const folder = await mkdtemp(join(tmpdir(), 'botocore-'));
  try {
    const python = await findPython();
    await runPip(python, ['download', '--no-deps', '--only-binary', ':all:', '--dest', folder, 'botocore']);
    const [wheel = ''] = await readdir(folder);
    const { code, output } = await runCommand(python, ['-c', printModel, join(folder, wheel)], {
      env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    });
    if (code !== 0) throw new Error(`The service model in ${wheel} cannot be read:\n${output}`);
    return { version: wheel.split('-')[1] ?? wheel, model: parseServiceModel(output) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
