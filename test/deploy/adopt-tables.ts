import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cdk } from './cdk.ts';
import { type Deployed, stackName } from './deployed.ts';
import { emulatorFolder } from './emulator-run.ts';
import { readGuideBlocks } from './guide.ts';
import type { Pcr } from './pcr.ts';
import { findLostSettings, type TableNames, tableNames } from './restore-tables.ts';

/**
 * Deploys the stack again, onto tables that exist, as docs/upgrade.md says.
 * @param deploy arguments of `cdk`
 */
export async function adoptTables(cdk: Cdk, deploy: readonly string[], tables: TableNames): Promise<void> {
  const [mapping = ''] = await readGuideBlocks('Adopt tables', 'json');
  const named = Object.entries(tables).reduce(
    (text, [table, name]) => text.replace(`<${table} table>`, name),
    mapping,
  );
  const file = join(emulatorFolder, 'tables.json');
  await writeFile(file, named);
  await cdk.runSynthesized('import', stackName, '--resource-mapping', file);
  await cdk.runSynthesized(...deploy);
}

export async function assertAdopted(deployed: Deployed, tables: TableNames, pcr: Pcr): Promise<void> {
  const found = tableNames(deployed);
  if (JSON.stringify(found) !== JSON.stringify(tables))
    throw new Error(`The stack has the tables ${JSON.stringify(found)}, not ${JSON.stringify(tables)}.`);
  const lost = await findLostSettings(deployed, tables);
  if (lost.length > 0) throw new Error(`Restored tables lack settings:\n${lost.join('\n')}`);
  const findings = await pcr('doctor');
  for (const expected of [
    'All tables and indexes are active.',
    'event source mappings, all enabled.',
    '1 client, each enabled and with a secret.',
    'Commands are paused, because the Records table is not the one that they were last carried out with.',
  ])
    if (!findings.includes(expected)) throw new Error(`pcr doctor finds:\n${findings}`);
}
