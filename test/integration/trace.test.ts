import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, isJsonArray, isJsonObject, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { tryParseJson } from '../../lambdas/core/json-text.ts';
import { deliverContract } from '../../lambdas/deliver/contract.ts';
import { fanOutContract } from '../../lambdas/fan-out/contract.ts';
import { hydrateInvitationContract, hydrateOpportunityContract } from '../../lambdas/hydrate/contract.ts';
import type { GeneralEvent } from '../../lambdas/ports/log.ts';
import { quarantineContract } from '../../lambdas/quarantine/contract.ts';
import type { Contract } from '../../lambdas/runtime/contract.ts';
import { sweepContract } from '../../lambdas/sweep/contract.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';
import type { PartnerEventEnvelope } from '../../local/partner-central/model/partner-events.ts';
import { registerEndpoint } from '../../local/stage-access.ts';
import { invitationEvent, snapshotEvent } from '../builders/events.ts';
import { type DeployedStage, startDeployedStage } from './pcr/deployed-stage.ts';

/* All tests share one stage and read what the bundles print, from one event to its webhooks. */

const secret = `whsec_${randomBytes(32).toString('base64')}`;
const printed: JsonObject[] = [];
const received: { readonly body: string; readonly headers: Readonly<Record<string, string>> }[] = [];
let deployed: DeployedStage;
let server: LoopbackServer;
let event: PartnerEventEnvelope | undefined;

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  received.push({ body, headers: Object.fromEntries(headers) });
  // The first attempt fails, so that there is a second one.
  response.writeHead(received.length === 1 ? 503 : 204).end();
}

/** Resolves when the condition holds. The timeout of the test ends it otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(50);
}

function linesOf(correlationId: string): readonly JsonObject[] {
  return printed.filter((line) => line['correlationId'] === correlationId);
}

/** `<function>: <log event>` */
function logEventsOf(correlationId: string): ReadonlySet<string> {
  return new Set(
    linesOf(correlationId).map((line) => `${textAt(line, 'service')}: ${textAt(line, 'message')}`),
  );
}

const malformedId = '0a1b2c3d-0000-4000-8000-00000000000e';
const unknownId = '0a1b2c3d-0000-4000-8000-00000000000f';
const malformed = invitationEvent({
  eventId: malformedId,
  invitationId: 'engi-1',
});
const unknown = snapshotEvent({
  eventId: unknownId,
  detailType: 'Engagement Dissolved',
});

beforeAll(async () => {
  deployed = await startDeployedStage((_, line) => {
    const entry = tryParseJson(line);
    if (isJsonObject(entry)) printed.push(entry);
  });
  const { stage, partner, carry } = deployed;
  server = await startLoopbackServer((request, response) => void take(request, response));
  await registerEndpoint(stage, { url: server.url, secret });
  partner.createOpportunity('AWS');
  [event] = await carry();
  await stage.bus.put(malformed);
  await stage.bus.put(unknown);
  await until(() => {
    const delivered = linesOf(event?.id ?? '').filter(({ outcome }) => outcome === 'delivered');
    return delivered.length > 0 && linesOf(unknownId).length > 1;
  });
  await stage.idle();
});
afterAll(async () => {
  await server.stop();
  await deployed.stop();
});

describe('the id of an event', () => {
  it('is the correlation id of its log lines in every function', () => {
    expect(logEventsOf(event?.id ?? '')).toEqual(
      new Set([
        'hydrate-opportunity: record.hydrated',
        'fan-out: version.fanned-out',
        'deliver: delivery.attempted',
      ]),
    );
  });

  it('is the trace id in the traceparent of its webhook, with a new parent id for each attempt', () => {
    const trace = event?.id.replaceAll('-', '');
    const attempts = received.filter(({ body }) => body.includes(event?.id ?? 'missing'));
    const headers = attempts.map((attempt) => attempt.headers['traceparent'] ?? '');
    expect(headers.length).toBeGreaterThan(1);
    for (const header of headers) expect(header).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    expect(new Set(headers).size).toBe(headers.length);
    // The header is not signed: every attempt sends the same message.
    for (const { body, headers: sent } of attempts)
      expect(() => new Webhook(secret).verify(body, sent)).not.toThrow();
    expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
  });

  it('is the correlation id of the log line that says why the event was parked', () => {
    expect(logEventsOf(malformedId)).toEqual(new Set(['hydrate-invitation: event.parked']));
    expect(logEventsOf(unknownId)).toEqual(
      new Set(['quarantine: event.parked', 'quarantine: detail-type.discovered']),
    );
  });
});

/** Log events without a correlation id: no event caused them. */
const general: readonly GeneralEvent[] = [
  'breaker.opened',
  'gate.mended',
  'endpoint.paused',
  'secret.degraded',
  'endpoint.disabled',
  'sweep.finished',
  'quota.closed',
  'quota.mended',
  'pass.advanced',
  'pass.finished',
  'pass.restarted',
  'pass.failed',
];

describe('log lines', () => {
  it('have a correlation id, except those that no event caused', () => {
    const lines = printed.filter((line) => line['_aws'] === undefined);
    const without = lines.filter((line) => typeof line['correlationId'] !== 'string');
    expect(without.length).toBeLessThan(lines.length);
    expect(without.filter((line) => !general.some((name) => name === line['message']))).toEqual([]);
  });
});

function unitsIn(line: JsonObject): Readonly<Record<string, string>> {
  const [directive] = listAt(line, '_aws', 'CloudWatchMetrics');
  const metrics = listAt(directive, 'Metrics');
  return Object.fromEntries(metrics.map((each) => [textAt(each, 'Name'), textAt(each, 'Unit')]));
}

function listAt(value: Parameters<typeof at>[0], ...path: readonly string[]) {
  const found = at(value, ...path);
  return isJsonArray(found) ? found : [];
}

function metricLines(): readonly JsonObject[] {
  return printed.filter((line) => line['_aws'] !== undefined);
}

describe('metrics', () => {
  it('have the units of their contracts and the stack as their only dimension', () => {
    const contracts: readonly Contract[] = [
      hydrateOpportunityContract,
      hydrateInvitationContract,
      quarantineContract,
      fanOutContract,
      deliverContract,
      sweepContract,
    ];
    const declared = new Map(
      contracts.flatMap(({ metrics, levels = {} }) => [
        ...metrics.map((name) => [name, 'Count'] as const),
        ...Object.entries(levels),
      ]),
    );
    expect(metricLines().length).toBeGreaterThan(3);
    for (const line of metricLines()) {
      const [directive] = listAt(line, '_aws', 'CloudWatchMetrics');
      expect(listAt(directive, 'Dimensions')).toEqual([['stack']]);
      expect(line['stack']).toBe('PartnerCentralRelay');
      const units = unitsIn(line);
      expect(units).toEqual(Object.fromEntries(Object.keys(units).map((name) => [name, declared.get(name)])));
      for (const name of Object.keys(units)) expect(line[name]).toBeGreaterThan(0);
    }
  });

  it('say what happened, and nothing about what did not', () => {
    const sent = new Set(metricLines().flatMap((line) => Object.keys(unitsIn(line))));
    expect(sent).toEqual(
      new Set([
        'RecordsStored',
        'VersionsFannedOut',
        'DeliveriesAdded',
        'DeliveriesRetried',
        'DeliveriesDelivered',
        'DeliveryLatency',
        'EventsParked',
        'EventsQuarantined',
        'DetailTypesDiscovered',
      ]),
    );
  });
});
