import { paginateScan } from '@aws-sdk/client-dynamodb';
import { keyIn } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { commandIdOf, commandKeyOf } from '../../lambdas/core/command-state.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import type { HostileDoor } from './hostile-door.ts';
import { knownClients } from './known-clients.ts';

export interface StoredRows {
  readonly commands: number;
  /** Rows that should not be there, and those that are missing. */
  readonly strays: readonly string[];
}

/**
 * Compares all rows of both tables with what the door should have stored.
 * @param keys of the commands that it has accepted, all of the client `crm`
 */
export async function compareRows(door: HostileDoor, keys: ReadonlySet<string>): Promise<StoredRows> {
  const { target, tableNames } = door;
  const expected = new Set([...keys].map((key) => recordPath(commandKeyOf(target, commandIdOf('crm', key)))));
  const records = await scanKeys(door, tableNames.records);
  const commands = records.filter(({ sk }) => sk === 'current').map(({ pk }) => pk);
  const ofTarget = recordPath(target);
  const stored = new Set(commands.filter((path) => path !== ofTarget));
  const versions = records.filter(({ pk, sk }) => pk === ofTarget && sk.startsWith('version#'));
  const webhooks = await scanKeys(door, tableNames.webhooks);
  const contents = webhooks.filter(({ sk }) => sk.startsWith('content#'));
  const others = webhooks.filter(({ pk, sk }) => !isExpected(pk, sk));
  return {
    commands: stored.size,
    strays: [
      ...[...stored].filter((path) => !expected.has(path)).map((path) => `stored: ${path}`),
      ...[...expected].filter((path) => !stored.has(path)).map((path) => `missing: ${path}`),
      ...(versions.length === 1 ? [] : [`${versions.length} versions of the record; allowed: 1`]),
      ...(contents.length === stored.size ? [] : [`${contents.length} contents; allowed: ${stored.size}`]),
      ...others.map(({ pk, sk }) => `stored: ${pk} ${sk}`),
    ],
  };
}

/** Clients, their rates, and one line with its tickets and contents. */
function isExpected(pk: string, sk: string): boolean {
  if (pk === 'client' || pk === 'request-rate') return Object.hasOwn(knownClients, sk);
  return pk.startsWith('line#');
}

async function scanKeys({ dynamodb }: HostileDoor, TableName: string) {
  const keys: { readonly pk: string; readonly sk: string }[] = [];
  const input = { TableName, ProjectionExpression: 'pk, sk' };
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, input))
    keys.push(...Items.map((item) => keyIn(item)));
  return keys;
}
