import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ActivityView, DealsView, DealView, PipelineView } from '../../../bin/pcr/console/api.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { appendVersion, leaveOutbox } from '../../builders/append-version.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { observation, versionOf } from '../../builders/versions.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { consoleOf, token } from './console-under-test.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, storeOpportunities } from './pcr-under-test.ts';

/** The real time: the index is read by day. */
const nowAt = () => instantOf(Date.now());
const withToken = { authorization: `Bearer ${token}` };

describeUnless(missingDynoxide, 'the server of pcr console', () => {
  const test = pcrTest();

  test.for([
    ['without a token', {}, 401],
    ['with another token', { authorization: 'Bearer another' }, 401],
    ['with the token in another scheme', { authorization: `Basic ${token}` }, 400],
    ['under a name that another web page has pointed here', { ...withToken, host: 'evil.example.com' }, 403],
    ['under the same name with another port', { ...withToken, host: '127.0.0.1:80' }, 403],
    ['from another web page', { ...withToken, origin: 'https://evil.example.com' }, 403],
    ['from another server on this machine', { ...withToken, origin: 'http://127.0.0.1:3000' }, 403],
    ['from a page without an origin', { ...withToken, origin: 'null' }, 403],
    ['that a browser marks as sent across sites', { ...withToken, 'sec-fetch-site': 'cross-site' }, 403],
    ['that a browser marks as sent by the same site', { ...withToken, 'sec-fetch-site': 'same-site' }, 403],
  ] as const)('refuses a request %s', async ([, headers, status], { pcr }) => {
    const { ask } = await consoleOf(pcr);
    for (const method of ['GET', 'POST']) {
      const answer = await ask(method === 'GET' ? '/api/stack' : '/api/actions', { method, headers });
      expect(answer.status).toBe(status);
      expect(answer.body).not.toContain(token);
      expect(answer.body).not.toContain('PartnerCentralRelay');
      // A page of another origin may not read the refusal either.
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('answers no preflight request of another web page', async ({ pcr }) => {
    const { ask } = await consoleOf(pcr);
    const headers = { origin: 'https://evil.example.com', 'access-control-request-method': 'POST' };
    const answer = await ask('/api/actions', { method: 'OPTIONS', headers });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('serves a page that sends no referrer, loads nothing from elsewhere and is in no frame', async ({
    pcr,
  }) => {
    const { ask } = await consoleOf(pcr);
    const { status, headers, body } = await ask('/', { headers: {} });
    expect({ status, body }).toEqual({ status: 200, body: 'index.html' });
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  test('listens on the loopback interface only', async ({ pcr }) => {
    const { port } = await consoleOf(pcr);
    const others = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of [...others, { address: '127.0.0.2' }]) {
      const outcome = await new Promise((resolve) => {
        const socket = connect({ host: address, port });
        socket.once('connect', () => resolve('connected'));
        socket.once('error', () => resolve('refused'));
      });
      expect([address, outcome]).toEqual([address, 'refused']);
    }
  });

  test.for([
    ['/api/deals', 'catalog', 'nothing'],
    ['/api/deals?catalog=A/B', 'catalog', '"A/B"'],
    ['/api/deals?catalog=AWS&limit=1001', 'limit', '"1001"'],
    ['/api/deals?catalog=AWS&closing=soon', 'closing', '"soon"'],
    ['/api/deals?catalog=AWS&idle=0', 'idle', '"0"'],
    ['/api/deals?catalog=AWS&sort=title', 'sort', '"title"'],
    ['/api/pipeline?catalog=AWS&days=366', 'days', '"366"'],
    ['/api/deliveries?endpoint=crm', 'endpoint', '"crm"'],
    ['/api/deliveries?status=lost', 'deliveryStatus', '"lost"'],
    ['/api/deliveries/dlv_1', 'delivery', '"dlv_1"'],
    ['/api/messages/AWS/deal/O1/1', 'kind', '"deal"'],
    ['/api/messages/AWS/opportunity/O1/0', 'version', '"0"'],
  ] as const)(
    'names the parameter, its value and what is allowed for %s',
    async ([path, field, value], { pcr }) => {
      const { ask } = await consoleOf(pcr);
      const { status, body } = await ask(path);
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ field, allowed: expect.stringMatching(/./) });
      expect(body).toContain(JSON.stringify(value).slice(1, -1));
    },
  );

  test.for([
    ['{"action":"endpoint.close","id":"ep_orders"}', 'action'],
    ['{"action":"endpoint.pause","id":"ep_orders"}', 'reason'],
    ['{"action":"endpoint.test","id":""}', 'id'],
    ['{"action":"stage.throttle","seconds":601}', 'seconds'],
    ['{"action":"endpoint.test","id":"ep_orders","all":true}', 'all'],
    ['[]', 'action'],
    ['5', 'request'],
    ['no JSON', 'request'],
  ])('names what is wrong with the action %s', async ([body, field], { pcr }) => {
    const { ask } = await consoleOf(pcr);
    const answer = await ask('/api/actions', { method: 'POST', body, headers: withToken });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ field, allowed: expect.stringMatching(/./) });
  });

  test('reads no id as an option of pcr', async ({ pcr }) => {
    const { ask } = await consoleOf(pcr);
    for (const id of ['--all', '--yes', '-h', '--stack=other']) {
      const body = JSON.stringify({ action: 'delivery.retry', id });
      const answer = await ask('/api/actions', { method: 'POST', body, headers: withToken });
      expect([id, answer.status]).toEqual([id, 400]);
      expect(answer.body).toContain('dlv_ and 32 hexadecimal digits');
    }
  });

  test('refuses a request of more than 16 KB', async ({ pcr }) => {
    const { ask } = await consoleOf(pcr);
    const body = JSON.stringify({ action: 'endpoint.test', id: 'x'.repeat(20_000) });
    expect(await ask('/api/actions', { method: 'POST', body, headers: withToken })).toMatchObject({
      status: 413,
    });
  });

  test('controls no partner of a stack that is deployed', async ({ pcr }) => {
    const { ask } = await consoleOf(pcr);
    const body = JSON.stringify({ action: 'stage.change-deal', id: 'O1000001' });
    const answer = await ask('/api/actions', { method: 'POST', body, headers: withToken });
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('on the local stage only') });
  });

  test('pauses an endpoint as pcr does, and says which command that is', async ({ pcr }) => {
    const { ask } = await consoleOf(pcr);
    const body = JSON.stringify({ action: 'endpoint.pause', id: 'ep_orders', reason: "it's moving" });
    const answer = await ask('/api/actions', { method: 'POST', body, headers: withToken });
    expect(JSON.parse(answer.body)).toMatchObject({
      command: String.raw`pcr endpoints disable '--reason=it'\''s moving' ep_orders`,
      result: { endpointId: 'ep_orders', changed: true },
    });
    const paused = await pcr.relay.endpoints.find('ep_orders');
    expect(paused?.disabled?.reason).toBe("it's moving");
  });

  test('says why an action changed nothing', async ({ pcr }) => {
    const { ask } = await consoleOf(pcr);
    const [version] = await storeOpportunities(pcr.relay, 1, 1);
    if (!version) throw new Error('one opportunity has a version');
    const delivery = deliveryOf(version, 'ep_orders');
    await pcr.store.add(delivery, instantOf(Date.now()));
    const body = JSON.stringify({ action: 'delivery.retry', id: delivery.id });
    const answer = await ask('/api/actions', { method: 'POST', body, headers: withToken });
    expect(answer.status).toBe(409);
    expect(answer.body).toMatch(/was not changed: .+ Nothing was changed/);
  });

  test('shows a deal with its stages, changes, deliveries and the message of a version', async ({ pcr }) => {
    const versions = await storeOpportunities(pcr.relay, 1, 3);
    for (const version of versions)
      await pcr.store.add(deliveryOf(version, 'ep_orders'), '2026-03-01T11:00:00.000Z');
    const { ask } = await consoleOf(pcr);
    const deal: DealView = JSON.parse((await ask('/api/deals/O1000001?catalog=AWS')).body);
    expect(deal.stays).toMatchObject([
      { stage: 'Stage 1', enteredAt: '2026-03-01T10:01:00.000Z', leftAt: '2026-03-01T10:02:00.000Z' },
      { stage: 'Stage 2', enteredAt: '2026-03-01T10:02:00.000Z', leftAt: '2026-03-01T10:03:00.000Z' },
      { stage: 'Stage 3', enteredAt: '2026-03-01T10:03:00.000Z' },
    ]);
    expect(deal.versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(deal.versions[0]?.changes).toContainEqual({
      path: '/LifeCycle/Stage',
      before: 'Stage 2',
      after: 'Stage 3',
    });
    expect(new Set(deal.deliveries.map(({ version, status }) => `${version} ${status}`))).toEqual(
      new Set(['1 pending', '2 pending', '3 pending']),
    );
    const message = JSON.parse((await ask('/api/messages/AWS/opportunity/O1000001/3')).body);
    expect(message).toMatchObject({
      messageId: versions[2]?.messageId,
      body: { type: 'opportunity.updated', data: { id: 'O1000001', version: 3 } },
    });
    expect(await ask('/api/deals/O7?catalog=AWS')).toMatchObject({ status: 400 });
  });

  test('shows a change soon after it is stored, in the deals and in the activity', async ({ pcr }) => {
    const { records } = pcr.relay;
    const first = versionOf(
      observation({
        payload: opportunityPayload({ stage: 'Prospect', lastModifiedDate: nowAt() }),
        readAt: nowAt(),
      }),
    );
    await appendVersion(records, undefined, first, nowAt());
    const { ask } = await consoleOf(pcr);
    const deals = async (): Promise<DealsView> => JSON.parse((await ask('/api/deals?catalog=AWS')).body);
    expect((await deals()).rows).toMatchObject([{ id: 'O1234567', stage: 'Prospect' }]);
    await sleep(5);
    const payload = opportunityPayload({ stage: 'Qualified', lastModifiedDate: nowAt() });
    const second = versionOf(observation({ payload, readAt: nowAt() }), first);
    await appendVersion(records, first, second, nowAt());
    await expect.poll(async () => (await deals()).rows[0]?.stage, { timeout: 60_000 }).toBe('Qualified');
    const activity: ActivityView = JSON.parse((await ask('/api/activity?catalog=AWS')).body);
    expect(activity.rows.map(({ version, type }) => [version, type])).toEqual([
      [2, 'opportunity.updated'],
      [1, 'opportunity.created'],
    ]);
  });

  test('draws the pipeline from the stored versions', async ({ pcr }) => {
    const { records } = pcr.relay;
    const dayMs = 86_400_000;
    const at = (daysAgo: number) => instantOf(Date.now() - daysAgo * dayMs);
    const seen = (stage: string, daysAgo: number, amount: string) => {
      const cause = {
        detailType: 'Opportunity Updated',
        eventIds: [`event-${daysAgo}`],
        eventTime: at(daysAgo),
      };
      const payload = opportunityPayload({ stage, lastModifiedDate: at(daysAgo), amount });
      return observation({ payload, readAt: at(daysAgo), cause });
    };
    const first = versionOf(seen('Prospect', 4, '100'));
    await appendVersion(records, undefined, first, at(4));
    const second = versionOf(seen('Qualified', 1, '250'), first);
    await appendVersion(records, first, second, at(1));
    await leaveOutbox(records, second);
    const { ask } = await consoleOf(pcr);
    const view = async (): Promise<PipelineView> =>
      JSON.parse((await ask('/api/pipeline?catalog=AWS&days=6')).body);
    await expect.poll(async () => (await view()).isComplete, { timeout: 60_000 }).toBe(true);
    const { days, series, ageing } = await view();
    expect(days).toEqual([5, 4, 3, 2, 1, 0].map((daysAgo) => at(daysAgo).slice(0, 10)));
    expect(series).toEqual([
      { stage: 'Prospect', currency: 'USD', amounts: [0, 100, 100, 100, 0, 0], counts: [0, 1, 1, 1, 0, 0] },
      { stage: 'Qualified', currency: 'USD', amounts: [0, 0, 0, 0, 250, 250], counts: [0, 0, 0, 0, 1, 1] },
    ]);
    expect(ageing).toEqual([{ stage: 'Qualified', upTo7: 1, upTo30: 0, upTo90: 0, more: 0 }]);
  });

  test('refuses a port that is in use', async ({ pcr }) => {
    const { port } = await consoleOf(pcr);
    const { code, err } = await pcr.run('console', '--port', String(port));
    expect(code).toBe(2);
    expect(err).toContain(`--port ${port}: cannot be used`);
    expect(err).not.toContain(' at ');
  });

  test('prints one link, which has the token in its fragment, and ends at Ctrl-C', async ({ pcr }) => {
    const running = pcr.run('console');
    await expect.poll(() => pcr.printed(), { timeout: 60_000 }).toHaveLength(1);
    const [link = ''] = pcr.printed();
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
    const { origin, hash } = new URL(link);
    const headers = { authorization: `Bearer ${hash.slice('#token='.length)}` };
    expect((await fetch(`${origin}/api/deals?catalog=AWS`, { headers })).status).toBe(200);
    pcr.interrupt();
    const { code, err } = await running;
    expect(code).toBe(0);
    expect(err).not.toContain('token');
    await expect(fetch(origin)).rejects.toThrow('fetch failed');
  });
});
