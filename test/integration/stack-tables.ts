import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { recordTable, webhookTable } from '../../lambdas/core/tables.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { startDynamoDb } from '../../local/host/tables/dynamodb-engine.ts';
import {
  createTables,
  readTableDefinitions,
  type TableDefinition,
} from '../../local/host/tables/dynamodb-tables.ts';
import { readTemplate } from '../../local/host/template/template.ts';
import { synthesize, temporaryFolder } from '../infra/synthesized-stack.ts';

export interface StackTables {
  readonly client: () => DynamoDBClient;
  readonly endpoint: () => string;
  /** Names of the tables by their variable in the docs. */
  readonly names: Readonly<Record<'RECORDS_TABLE' | 'WEBHOOKS_TABLE' | 'CONTROL_TABLE', string>>;
}

/** Creates the tables of the stack on a separate engine for all tests of a file. */
export function useStackTables(): StackTables {
  const file = join(temporaryFolder(), 'PartnerCentralRelay.template.json');
  writeFileSync(file, JSON.stringify(synthesize().template.toJSON()));
  const definitions = readTableDefinitions(readTemplate(file));
  const nameOf = (index: string | undefined) => findTable(definitions, index).input.TableName;
  let started: { readonly client: DynamoDBClient; readonly engine: Engine } | undefined;
  const running = () => {
    if (!started) throw new Error('The engine did not start');
    return started;
  };
  beforeAll(async () => {
    const engine = await startDynamoDb('auto');
    started = { client: new DynamoDBClient(clientSettings(engine.endpoint)), engine };
    await createTables(started.client, definitions);
  });
  afterAll(async () => {
    started?.client.destroy();
    await started?.engine.stop();
  });
  return {
    client: () => running().client,
    endpoint: () => running().engine.endpoint,
    names: {
      RECORDS_TABLE: nameOf(recordTable.indexes.recordsByModification.name),
      WEBHOOKS_TABLE: nameOf(webhookTable.indexes.byEndpoint.name),
      CONTROL_TABLE: nameOf(undefined),
    },
  };
}

type Engine = Awaited<ReturnType<typeof startDynamoDb>>;

/** Finds the table with this index, or the table without indexes. */
function findTable(definitions: readonly TableDefinition[], index: string | undefined): TableDefinition {
  const [table, ...others] = definitions.filter(({ input: { GlobalSecondaryIndexes = [] } }) =>
    index === undefined
      ? GlobalSecondaryIndexes.length === 0
      : GlobalSecondaryIndexes.some(({ IndexName }) => IndexName === index),
  );
  if (!table || others.length > 0)
    throw new Error(`There is not exactly one table with index ${index} in the template`);
  return table;
}
