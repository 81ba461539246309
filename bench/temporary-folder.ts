import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder that is removed with the clean-ups. */
export async function temporaryFolder(cleanUps: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-bench-'));
  cleanUps.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
