import type { Relay } from '../../../bin/pcr/relay.ts';
import { dynamodbCommandStore } from '../../../lambdas/adapters/dynamodb-command-store.ts';
import { dynamodbRecordIndex } from '../../../lambdas/adapters/dynamodb-record-index.ts';
import { accept } from '../../../lambdas/commands/accept.ts';
import type { Client } from '../../../lambdas/core/client.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, opportunityKey, versionOf } from '../../builders/versions.ts';

/** Stores an opportunity, and a command that a client asks for. @returns the id of the command */
export async function sendAsClient(client: Client, key: string, relay: Relay): Promise<string> {
  const tables = { records: relay.output('RecordsTableName'), webhooks: relay.output('WebhooksTableName') };
  const { dynamodb } = relay.clients;
  if (!(await relay.records.current(opportunityKey))) {
    const payload = opportunityPayload({ reviewStatus: 'Approved', targetCloseDate: '2999-12-31' });
    await appendVersion(relay.records, undefined, versionOf(observation({ payload })));
  }
  const acceptance = await accept(
    { name: client.id, client },
    key,
    {
      action: 'opportunity.update',
      catalog: 'AWS',
      target: opportunityKey.id,
      patch: { LifeCycle: { Stage: 'Qualified' } },
      expiresAt: '2026-03-20T00:00:00Z',
    },
    '2026-03-01T10:00:06.000Z',
    {
      records: relay.records,
      commands: dynamodbCommandStore(dynamodb, tables),
      index: dynamodbRecordIndex(dynamodb, tables.records),
      doorbell: { ring: async () => undefined },
      enabled: ['AWS:opportunity.update'],
      outboxGraceMs: 60_000,
    },
  );
  if (acceptance.kind !== 'accepted') throw new Error(`the command was ${acceptance.kind}`);
  return acceptance.command.id;
}
