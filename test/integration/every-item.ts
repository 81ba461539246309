import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { toReplay } from '../../bin/pcr/replay/replay.ts';
import { dynamodbDeliveryLog } from '../../bin/pcr/stores/dynamodb-delivery-log.ts';
import { dynamodbReplayRows } from '../../bin/pcr/stores/dynamodb-replay-rows.ts';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { clientItem } from '../../lambdas/adapters/dynamodb-client-store.ts';
import { dynamodbCommandStore } from '../../lambdas/adapters/dynamodb-command-store.ts';
import { dynamodbCommandSwitch } from '../../lambdas/adapters/dynamodb-command-switch.ts';
import { dynamodbDeliveryStore } from '../../lambdas/adapters/dynamodb-delivery-store.ts';
import { dynamodbEndpointGateStore } from '../../lambdas/adapters/dynamodb-endpoint-gate.ts';
import { endpointItem } from '../../lambdas/adapters/dynamodb-endpoint-store.ts';
import { dynamodbExportStore } from '../../lambdas/adapters/dynamodb-export-store.ts';
import { dynamodbPassStore } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { dynamodbRecordStore } from '../../lambdas/adapters/dynamodb-record-store.ts';
import { dynamodbRequestCounter } from '../../lambdas/adapters/dynamodb-request-counter.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';
import { dynamodbSolutionCache } from '../../lambdas/adapters/dynamodb-solution-cache.ts';
import type { Delivery } from '../../lambdas/core/delivery.ts';
import type { Endpoint } from '../../lambdas/core/endpoint.ts';
import { deliveryIdOf } from '../../lambdas/core/ids.ts';
import type { Instant } from '../../lambdas/core/instant.ts';
import { epochMsOf } from '../../lambdas/core/instant.ts';
import { newLine } from '../../lambdas/core/line.ts';
import { redactPayload } from '../../lambdas/core/redaction.ts';
import { requestRateOf } from '../../lambdas/core/request-rate.ts';
import { eraseRecord, type Observation, restate } from '../../lambdas/core/version.ts';
import { ledgerItem } from '../../lambdas/quota/ledger-item.ts';
import { appendVersion, dueForFanOut } from '../builders/append-version.ts';
import { signingClient } from '../builders/clients.ts';
import {
  acceptanceOf,
  acceptCommand,
  lineKey,
  sampleContent,
  succeededVersion,
} from '../builders/commands.ts';
import { chat, endpoint, secretIdFor, webhook } from '../builders/endpoints.ts';
import { incompressibleOpportunity } from '../builders/incompressible.ts';
import { invitationPayload } from '../builders/invitation-payloads.ts';
import { awsSummaryPayload, opportunityPayload, teamMember } from '../builders/payloads.ts';
import {
  invitationKey,
  messageIdFor,
  observation,
  opportunityKey,
  stateOf,
  summaryKey,
  versionOf,
} from '../builders/versions.ts';
import type { StackTables } from './stack-tables.ts';

const now: Instant = '2026-03-01T10:00:00.000Z';
const soon: Instant = '2026-03-01T10:01:00.000Z';
const version = { ...opportunityKey, version: 1 };
const otherKey = { ...opportunityKey, id: 'O7654321' };

/**
 * Successive reads: an opportunity with all that a summary shows, AWS's side of one, an opportunity
 * that changes and grows too large, an invitation and its redaction.
 */
function readsOf(said: string) {
  const huge = observation({ payload: { ...incompressibleOpportunity(700_000, 9), Comment: said } });
  const pending = observation({ key: invitationKey, payload: invitationPayload({ title: said }) });
  const lifeCycle = { Stage: 'Qualified', NextSteps: said };
  const manyMembers = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`Member${index}`, said]));
  const numbered = { ...opportunityPayload(), LifeCycle: lifeCycle, PartnerOpportunityIdentifier: said };
  const awsTeam = [teamMember('AWSAccountOwner', `${said}@aws.example.com`, said)];
  const reads: readonly Observation[] = [
    observation({ key: otherKey, payload: numbered }),
    observation({ key: otherKey, payload: { ...numbered, ...manyMembers }, readAt: soon }),
    observation({
      key: summaryKey,
      payload: {
        ...awsSummaryPayload({ lifeCycle, engagementScore: 'High' }),
        OpportunityTeam: awsTeam,
        Origin: 'AWS Referral',
      },
    }),
    observation({
      payload: { ...opportunityPayload(), Notes: said },
      solutions: [{ id: 'S-1234567', name: said }],
    }),
    observation({
      payload: opportunityPayload({ lastModifiedDate: '2026-03-02T10:00:00Z', stage: 'Qualified' }),
    }),
    observation({
      payload: {
        ...opportunityPayload({ lastModifiedDate: '2026-03-03T10:00:00Z' }),
        Notes: `${said} ${'long '.repeat(40_000)}`,
      },
    }),
    huge,
    pending,
    observation({
      key: invitationKey,
      payload: redactPayload(invitationPayload({ status: 'REJECTED' })),
      readAt: soon,
      tombstone: true,
      redacted: true,
    }),
  ];
  return { huge, pending, reads };
}

/**
 * Writes items of every kind through the adapters, so that every attribute occurs.
 * @param said is in every free text
 */
export async function writeEveryItem(
  { client, names }: Pick<StackTables, 'client' | 'names'>,
  said = 'Example Platform',
): Promise<void> {
  await writeRecords(client(), names.RECORDS_TABLE, said);
  await writeDeliveries(client(), names.WEBHOOKS_TABLE, said);
  await writeCommands(client(), { records: names.RECORDS_TABLE, webhooks: names.WEBHOOKS_TABLE }, said);
  await writeEndpoints(client(), names.WEBHOOKS_TABLE, said);
  await writeControl(client(), names.CONTROL_TABLE, said);
}

/** Later than every due time. */
const farFuture = '2099-01-01T00:00:00.000Z';

async function writeRecords(client: DynamoDBClient, table: string, said: string): Promise<void> {
  const store = dynamodbRecordStore(client, table);
  const { huge, pending, reads } = readsOf(said);
  for (const read of reads) {
    const current = await store.current(read.key);
    await appendVersion(store, current, versionOf(read, current), soon);
    const stored = await store.current(read.key);
    // What a list and a later read that disagree leave behind.
    if (stored && read === huge) {
      await store.confirm(stored, soon, 'absent');
      await store.markUncertain({ ...stored, readAt: soon }, soon);
      await store.setCurrentAside(read.key, soon);
    }
    const [due] = stored ? await dueForFanOut(store, farFuture, 1) : [];
    if (due) await store.postponeFanOut(due.version, soon);
    if (read !== pending || !stored) continue;
    const { type, topics, cause } = versionOf();
    const links = [{ kind: 'opportunity', id: opportunityKey.id, via: 'acceptance-task' }] as const;
    const restated = restate(stored, {
      type,
      topics,
      cause,
      links,
      announcedExpiration: '2026-03-16T10:00:00.123Z',
      announcedReminders: { idle: soon },
    });
    const echoes = [{ client: 'crm', commands: [{ id: 'cmd_1', key: 'deal-1' }] }];
    const echo = { ...restated, echoes, reflectedCommand: 'cmd_1' };
    await appendVersion(store, stored, echo, soon);
    await appendVersion(store, echo, eraseRecord(stateOf(echo), cause), soon);
  }
}

/**
 * A delivery that waits for its predecessor, an exhausted one, one in its first attempt, and a
 * replayed one.
 */
async function writeDeliveries(client: DynamoDBClient, table: string, said: string): Promise<void> {
  const store = dynamodbDeliveryStore(client, table);
  const messageId = messageIdFor(version);
  const attempt = { number: 1, startedAt: now, durationMs: 20, outcome: 'refused', status: 503 } as const;
  const of = (endpointId: Delivery['endpointId']): Delivery => {
    const id = deliveryIdOf(messageId, endpointId);
    const previousMessageId = messageId;
    return { id, messageId, previousMessageId, endpointId, version, correlationId: 'event-1', wanted: true };
  };
  const settlements = [
    [of('ep_waits'), { status: 'pending', dueAt: soon, waitsFor: of('ep_gone').id }],
    [of('ep_gone'), { status: 'exhausted', reason: 'no attempt is left' }],
  ] as const;
  for (const [delivery, settlement] of settlements) {
    await store.add(delivery, now);
    const claimed = await store.claim(delivery.id, now, soon);
    if (claimed)
      await store.settle(claimed, { ...attempt, answer: `busy with ${said}`, reason: said }, settlement);
  }
  await store.claimFirst(of('ep_first'), 'deliver-1', now, soon);
  const selection = { endpointId: 'ep_again', failed: false, record: opportunityKey, since: now } as const;
  const replay = toReplay({ ...selection, until: soon, types: [] }, 10, now);
  await dynamodbReplayRows(client, table).put(replay);
  await dynamodbDeliveryLog(client, table).replay(of('ep_again'), now, replay.id);
}

/** A line with a command that has ended, and one that waits for it and was called. */
async function writeCommands(
  client: DynamoDBClient,
  tables: { readonly records: string; readonly webhooks: string },
  said: string,
): Promise<void> {
  const commands = dynamodbCommandStore(client, tables);
  const records = dynamodbRecordStore(client, tables.records);
  const patch = { Project: { Title: said } };
  const content = { ...sampleContent, body: { patch }, base: [{ path: '/Project/Title', value: said }] };
  const first = await acceptCommand(commands, 'deal-1', now, content);
  const line = (await commands.line(lineKey)) ?? newLine(lineKey);
  const second = acceptanceOf(line, 'deal-2', now);
  const ticket = { ...second.ticket, after: first.ticket.commandId };
  await commands.accept(line, [{ version: second.version, intentDueAt: now, ticket, content }]);
  const claim = await commands.claim(lineKey, 'act-1', now, soon);
  if (!claim) return;
  const [ended, number] = [succeededVersion(first.version, soon), first.ticket.number];
  const { commandId: id, client: name } = ticket;
  const command = { id, key: 'deal-2', client: name };
  const openCall = { number: 2, beganAt: now, before: [{ path: '/Project/Title', value: said }], command };
  const answered = { commandId: ticket.commandId, answeredAt: now, timestamp: now, reviewStatus: 'Approved' };
  const applied = [{ number, ...command, answeredAt: now }];
  const tokenRequest = { body: { ClientToken: said }, generation: 1, taskId: 'task-1' };
  await commands.update(claim, { openCall, answered, applied, lastTaskAt: now }, { number, tokenRequest });
  const end = { number, removeContentAt: soon, awsMessages: [said] };
  await commands.commit(first.version, ended, soon, claim, end);
  for (const each of [first.version, second.version, ended]) await records.putVersion(each, soon);
}

const endpointsOf = (said: string): readonly Endpoint[] => [
  endpoint({
    description: said,
    destination: webhook({
      headers: { 'X-Tenant': said },
      caCertificate: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
    }),
    filter: { type: ['opportunity.updated', said] },
    ratePerSecond: 5,
    client: 'crm',
    echo: 'omit',
    disabled: { reason: 'gone', at: now },
  }),
  endpoint({
    id: 'ep_bus',
    destination: { kind: 'eventbridge', busArn: 'arn:aws:events:us-east-1:111122223333:event-bus/example' },
  }),
  endpoint({ id: 'ep_channel', destination: chat({ secretId: secretIdFor('ep_channel') }) }),
  endpoint({ id: 'ep_listener', destination: { kind: 'listener', expiresAt: soon } }),
];

async function writeEndpoints(client: DynamoDBClient, TableName: string, said: string): Promise<void> {
  const sender = clientItem(signingClient({ description: said, disabled: true }));
  await client.send(new PutItemCommand({ TableName, Item: toAttributes(sender) }));
  for (const each of endpointsOf(said))
    await client.send(new PutItemCommand({ TableName, Item: toAttributes(endpointItem(each)) }));
  const breaker = {
    failuresInARow: 5,
    failingSince: now,
    lastFailedAt: now,
    openings: 1,
    openUntil: soon,
  };
  const pause = { cause: 'retry-after', until: soon, since: now, reason: 'Retry-After' } as const;
  const gate = {
    slots: { worker: soon },
    breaker,
    pace: { nextSlotAt: now, lastPostponedTo: now },
    pause,
    slowAt: now,
  };
  await dynamodbEndpointGateStore(client, TableName).write('ep_orders', gate, 0);
  await dynamodbRequestCounter(client, TableName).admit('crm', requestRateOf(60), epochMsOf(now));
}

async function writeControl(client: DynamoDBClient, table: string, said: string): Promise<void> {
  await dynamodbCommandSwitch(client, table, 'records').pause(now);
  const ledger = { writer: 'worker', writtenAt: now, nextFreeAt: now, closedUntil: soon, closures: 1 };
  const item = ledgerItem({ ...ledger, hours: { '2026-03-01T10': 42 } });
  await dynamodbQuotaLedger(client, table, 'reads').write(item, 0);
  const passes = dynamodbPassStore(client, table);
  const key = { catalog: 'AWS', name: 'opportunities' } as const;
  const claimed = await passes.claim(key, now, soon, soon);
  if (claimed) await passes.save(claimed, { watermark: now }, soon);
  await passes.request(key, now);
  const target = { table: 'arn', bucket: 'exports', since: now, fullAt: now, exportedTo: now };
  const failed = { failures: 1, failedAt: now, failure: 'S3NoSuchBucket' };
  const running = { from: now, to: soon, arn: 'arn' };
  await dynamodbExportStore(client, table).write({ ...target, ...failed, running }, 0);
  const sightings = dynamodbSightings(client, table);
  await sightings.lastEventAt(now);
  await sightings.recordDetailType(`Opportunity ${said}`, now);
  await dynamodbSolutionCache(client, table).write('AWS', {
    names: new Map([['S-1234567', said]]),
    readAt: now,
  });
}
