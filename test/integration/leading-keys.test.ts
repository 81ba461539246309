import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { at, isJsonArray, isJsonObject, type Json, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { type SigningSecret, signedHeaders } from '../../lambdas/core/signature.ts';
import { isForAllActions } from '../../lambdas/runtime/contract.ts';
import { FaultProxy, type ProxiedCall } from '../../local/chaos/fault-proxy.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { registerClient, registerEndpoint } from '../../local/stage-access.ts';
import { signingClient } from '../builders/clients.ts';
import { snapshotEvent } from '../builders/events.ts';
import { commandFunctions, doorFunctions, functions } from '../infra/functions.ts';
import { startDeployedStage } from './pcr/deployed-stage.ts';

const variables = {
  control: 'CONTROL_TABLE_NAME',
  records: 'RECORDS_TABLE_NAME',
  webhooks: 'WEBHOOKS_TABLE_NAME',
} as const;

/** What names items in a request: keys, items, and the items of a batch or a transaction. */
function partitionsIn(request: Json | undefined, tableName: string): readonly string[] {
  const batch = at(request, 'RequestItems');
  if (batch !== undefined) return partitionsInBatch(at(batch, tableName));
  const transacted = at(request, 'TransactItems');
  const parts = isJsonArray(transacted)
    ? transacted.flatMap((each) => (isJsonObject(each) ? Object.values(each) : []))
    : [request];
  return parts
    .filter((part) => textAt(part, 'TableName') === tableName && at(part, 'IndexName') === undefined)
    .map((part) => {
      const [, name = ''] = /\bpk = (:\w+)/.exec(textAt(part, 'KeyConditionExpression') ?? '') ?? [];
      return (
        textAt(part, 'Key', 'pk', 'S') ??
        textAt(part, 'Item', 'pk', 'S') ??
        textAt(part, 'ExpressionAttributeValues', name, 'S') ??
        'unknown'
      );
    });
}

/** `{"Keys": […]}` of a BatchGetItem, or the puts and deletions of a BatchWriteItem. */
function partitionsInBatch(ofTable: Json | undefined): readonly string[] {
  if (isJsonArray(ofTable))
    return ofTable.map(
      (write) =>
        textAt(write, 'PutRequest', 'Item', 'pk', 'S') ??
        textAt(write, 'DeleteRequest', 'Key', 'pk', 'S') ??
        'unknown',
    );
  const keys = at(ofTable, 'Keys');
  return isJsonArray(keys) ? keys.map((key) => textAt(key, 'pk', 'S') ?? 'unknown') : [];
}

/** The first pattern that matches a partition key, or the key itself. */
function patternOf(partition: string, patterns: readonly string[]): string {
  const matches = (pattern: string) =>
    pattern.endsWith('*') ? partition.startsWith(pattern.slice(0, -1)) : partition === pattern;
  return patterns.find(matches) ?? partition;
}

const deployedFunctions = [...functions, ...commandFunctions, ...doorFunctions];

it('functions use the rows of the partitions in their contracts, and no others', async () => {
  const calls: ProxiedCall[] = [];
  const proxies = new Map(
    deployedFunctions.map(({ path }) => [
      `${path}/Function`,
      new FaultProxy(`${path}/Function`, {
        faultOf: () => undefined,
        end: () => undefined,
        onCall: (call) => calls.push(call),
      }),
    ]),
  );
  await Promise.all([...proxies.values()].map((proxy) => proxy.start()));
  const lines: string[] = [];
  const environments = new Map<string, Readonly<Record<string, string>>>();
  const deployed = await startDeployedStage(
    (_, line) => lines.push(line),
    { 'relay:commands': 'opportunity.update', 'relay:signedCommands': 'yes' },
    {
      functionEnvironment: (functionId, given) => {
        environments.set(functionId, given);
        return {
          ...proxies.get(functionId)?.environment(given),
          TIME_SCALE: '0.02',
          WEBHOOK_NETWORK: 'loopback',
        };
      },
    },
  );
  const receiver = await startLoopbackServer((request, response) => {
    request.resume();
    response.writeHead(503).end();
  });
  try {
    const { stage, partner, carry } = deployed;
    const secret: SigningSecret = `whsec_${randomBytes(32).toString('base64')}`;
    await registerEndpoint(stage, { url: receiver.url, secret });
    // Deliveries with an order get their rows from fan-out.
    const ordered = { id: 'ep_ordered', topics: ['*'], catalogs: [], ordering: 'per-record' } as const;
    await registerEndpoint(stage, { url: receiver.url, secret }, ordered);
    const opportunityId = partner.createOpportunity('AWS');
    const invitationId = partner.createInvitation('AWS', 'OpportunityInvitation');
    const engagementId = partner.createEngagement('AWS');
    await carry();
    await stage.bus.put(
      snapshotEvent({ eventId: '0a1b2c3d-0000-4000-8000-00000000000f', detailType: 'Engagement Dissolved' }),
    );
    const isWritten = (name: string, pass?: string) =>
      lines
        .map(tryParseJson)
        .some((line) => textAt(line, 'message') === name && textAt(line, 'pass') === pass);
    while (!isWritten('delivery.attempted')) await setTimeout(50);
    while (!isWritten('pass.finished', 'opportunities')) await setTimeout(50);
    while (!isWritten('detail-type.discovered')) await setTimeout(50);
    const { url } = stage.httpApis.get('Commands/Api/Api');
    const asked = await fetch(`${url}/commands`, {
      method: 'POST',
      headers: { 'idempotency-key': 'website' },
      body: JSON.stringify({
        action: 'opportunity.update',
        catalog: 'AWS',
        target: opportunityId,
        patch: { Customer: { Account: { WebsiteUrl: 'https://www.example.com' } } },
      }),
    });
    expect(asked.status).toBe(202);
    while (!isWritten('command.ended')) await setTimeout(50);
    await registerClient(stage, signingClient(), secret);
    const signedBody = JSON.stringify({
      action: 'opportunity.update',
      catalog: 'AWS',
      target: opportunityId,
      patch: { Customer: { Account: { WebsiteUrl: 'https://shop.example.com' } } },
    });
    const timestamp = Math.floor(Date.now() / 1_000);
    const signed = { ...signedHeaders([secret], 'website-2', timestamp, signedBody) };
    const door = stage.httpApis.get('Commands/Door/Api/Api').url;
    const headers = { 'relay-client': 'crm', ...signed };
    const sent = await fetch(`${door}/commands`, { method: 'POST', headers, body: signedBody });
    expect(sent.status).toBe(202);
    // The end of a review signals the line of the opportunity, once both states were stored.
    const usesLines = (hydrate: string) =>
      calls.some(
        (call) =>
          call.functionId === hydrate &&
          textAt(tryParseJson(call.body), 'TableName') === environments.get(hydrate)?.[variables.webhooks],
      );
    const kinds = ['Opportunity', 'Invitation', 'Engagement'];
    const hydrates = kinds.map((kind) => `Hydration/Hydrate${kind}/Function`);
    for (let look = 0; !hydrates.every(usesLines); look += 1) {
      const ReviewStatus = look % 2 === 0 ? 'In review' : 'Approved';
      partner.alter('opportunity', opportunityId, { LifeCycle: { ReviewStatus } });
      // Later states of an engagement and of an invitation are compared with their lines too.
      partner.alter('engagement', engagementId, { Title: `Title ${look}` });
      partner.alter('engagement-invitation', invitationId, { EngagementTitle: `Title ${look}` });
      partner.repeatInvitationEvent(invitationId);
      await carry();
      await setTimeout(1_000);
    }
    for (const { path, contract } of deployedFunctions)
      for (const [resource, variable] of Object.entries(variables)) {
        const patterns = contract.partitions?.[resource];
        if (patterns === undefined) continue;
        const functionId = `${path}/Function`;
        const tableName = environments.get(functionId)?.[variable] ?? '';
        const used = (allowed: readonly string[], isCounted: (operation: string) => boolean) =>
          calls
            .filter((call) => call.functionId === functionId && call.service === 'DYNAMODB')
            .filter(({ operation }) => isCounted(operation))
            .flatMap((call) => partitionsIn(tryParseJson(call.body), tableName))
            .map((partition) => patternOf(partition, allowed));
        if (isForAllActions(patterns)) {
          const all = [...new Set(used(patterns, () => true))].toSorted();
          expect({ path, resource, used: all }).toEqual({ path, resource, used: patterns });
          continue;
        }
        // Not every action of these happens here.
        for (const [action, allowed] of Object.entries(patterns)) {
          const others = used(allowed, (operation) => action === `dynamodb:${operation}`).filter(
            (partition) => !allowed.includes(partition),
          );
          expect({ path, resource, action, others }).toEqual({ path, resource, action, others: [] });
        }
      }
  } finally {
    await deployed.stop();
    await receiver.stop();
    await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
  }
});
