import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { eventBridgeEventBus } from '../../lambdas/adapters/eventbridge-event-bus.ts';
import { createEventBus } from '../../local/host/eventbridge/event-bus.ts';
import { EventBuses } from '../../local/host/eventbridge/event-buses.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';

const busArn = 'arn:aws:events:us-east-1:111122223333:event-bus/partners';
const body = JSON.stringify({ type: 'opportunity.updated', data: { id: 'O1234567', name: 'é 👩‍👩‍👧' } });

const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', parentId: 'b7ad6b7169203331' };

const servers: LoopbackServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

type Answer = { readonly status: number; readonly body: unknown } | undefined;

/** An EventBridge that gives each request this answer, or none if undefined. */
async function busAnswering(answer: (request: unknown) => Answer | Promise<Answer>) {
  const requests: unknown[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const sent: unknown = JSON.parse(await text(request));
    requests.push({ target: request.headers['x-amz-target'], sent });
    const answered = await answer(sent);
    if (!answered) return;
    response.writeHead(answered.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answered.body));
  };
  const server = await startLoopbackServer((request, response) => void serve(request, response));
  servers.push(server);
  const put = (timeoutMs = 2_000, masked: readonly string[] = []) =>
    eventBridgeEventBus({ ...clientSettings(server.url), maxAttempts: 1 }).put(
      busArn,
      { type: 'opportunity.updated', body, trace, masked },
      timeoutMs,
    );
  return { put, requests };
}

const entryFails = (ErrorCode: string) => () => ({
  status: 200,
  body: { FailedEntryCount: 1, Entries: [{ ErrorCode, ErrorMessage: 'a reason' }] },
});
const callFails = (status: number, name: string) => () => ({
  status,
  body: { __type: name, message: 'a reason' },
});

describe('a message on an event bus', () => {
  test('is one event with the source of this stack, the type as detail-type and the message as detail', async () => {
    const buses = new EventBuses(createEventBus([]));
    const bus = await busAnswering(async (sent) => ({ status: 200, body: await buses.putEvents(sent) }));
    const answer = await bus.put();
    const xray = 'Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331';
    expect(bus.requests).toMatchObject([
      { target: 'AWSEvents.PutEvents', sent: { Entries: [{ Detail: body, TraceHeader: xray }] } },
    ]);
    const [event, ...others] = buses.events;
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      busArn,
      source: 'partner-central-relay',
      detailType: 'opportunity.updated',
      detail: JSON.parse(body),
    });
    expect(answer).toEqual({ outcome: 'delivered', status: 200, answer: event?.id });
  });

  test.each([
    ['an entry', entryFails('MalformedDetail')],
    ['a call', callFails(400, 'ValidationException')],
  ])('leaves no text that its endpoint redacts in an error of %s', async (_name, fails) => {
    const { put } = await busAnswering(fails);
    const { answer } = await put(2_000, ['reason']);
    expect(answer).toMatch(/: a \*\*\*$/);
  });

  test.each([
    ['InternalFailure', 'refused', 'aws-fault'],
    ['ThrottlingException', 'refused', 'aws-fault'],
    ['MalformedDetail', 'refused', 'undeliverable'],
    ['AccessDeniedException', 'forbidden', 'own-fault'],
    ['NotAuthorizedForSourceException', 'forbidden', 'own-fault'],
    ['NotAuthorizedForDetailTypeException', 'forbidden', 'own-fault'],
  ])('an entry that fails with %s in a successful call is %s: %s', async (name, outcome, kind) => {
    const { put } = await busAnswering(entryFails(name));
    expect(await put()).toEqual({ outcome, kind, status: 200, answer: `${name}: a reason` });
  });

  test.each([
    [400, 'AccessDeniedException', 'forbidden', 'own-fault'],
    [400, 'ThrottlingException', 'refused', 'aws-fault'],
    [400, 'ValidationException', 'refused', 'failed'],
    [400, 'ResourceNotFoundException', 'refused', 'failed'],
    [500, 'InternalException', 'refused', 'aws-fault'],
    [503, 'ServiceUnavailable', 'refused', 'aws-fault'],
  ])('a call that fails with %i %s is %s: %s', async (status, name, outcome, kind) => {
    const { put } = await busAnswering(callFails(status, name));
    expect(await put()).toEqual({ outcome, kind, status, answer: `${name}: a reason` });
  });

  test('can never be sent if EventBridge says that it is too large', async () => {
    const message = 'Total size of the entries in the request is over the limit.';
    const refusal = { __type: 'ValidationException', message };
    const { put } = await busAnswering(() => ({ status: 400, body: refusal }));
    expect(await put()).toMatchObject({ kind: 'undeliverable', answer: `ValidationException: ${message}` });
  });

  test('an answer without a result is refused', async () => {
    const { put } = await busAnswering(() => ({ status: 200, body: { FailedEntryCount: 0, Entries: [] } }));
    expect(await put()).toMatchObject({ outcome: 'refused', answer: expect.stringContaining('NoResult') });
  });

  test('a call without an answer in time is timed out', async () => {
    const { put } = await busAnswering(() => undefined);
    expect(await put(100)).toEqual({
      outcome: 'timed-out',
      kind: 'aws-fault',
      reason: 'no answer of EventBridge within 0.1 s',
    });
  });

  test('is unreachable if the connection is refused', async () => {
    const settings = { ...clientSettings(`http://127.0.0.1:${await freePort()}`), maxAttempts: 1 };
    const answer = await eventBridgeEventBus(settings).put(
      busArn,
      { type: 'opportunity.updated', body, trace },
      2_000,
    );
    expect(answer).toEqual({
      outcome: 'unreachable',
      kind: 'aws-fault',
      reason: expect.stringMatching(/^no answer of EventBridge: .*ECONNREFUSED/),
    });
  });
});
