import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientSettings } from '../../../local/host/local-account.ts';
import { type DeployedStage, type Exited, startDeployedStage } from './deployed-stage.ts';

/*
 * `pcr` as a process, on the local stage. The stage provides CloudFormation, Lambda, EventBridge,
 * CloudWatch and STS. One stage serves all tests, because it starts slowly.
 */

let deployed: DeployedStage;
let qualified = '';
let prospect = '';
let invitation = '';

beforeAll(async () => {
  deployed = await startDeployedStage();
  const { partner, carry, stage } = deployed;
  const PartnerOpportunityIdentifier = 'CRM-10023';
  const patch = {
    PartnerOpportunityIdentifier,
    Customer: { Account: { CompanyName: 'Example Corp' } },
    Project: { Title: '=HYPERLINK("x")' },
  };
  qualified = partner.createOpportunity('AWS', { patch });
  prospect = partner.createOpportunity('AWS', {
    patch: { PartnerOpportunityIdentifier, Customer: { Account: { CompanyName: 'AnyCompany' } } },
  });
  partner.createOpportunity('Sandbox');
  invitation = partner.createInvitation('AWS', 'OpportunityInvitation');
  await carry();
  await stage.idle();
  partner.updateOpportunity(qualified, { patch: { LifeCycle: { Stage: 'Qualified' } } });
  await carry();
  await stage.idle();
});
afterAll(async () => {
  await deployed.stop();
});

function jsonOf<Schema extends v.GenericSchema>(
  schema: Schema,
  { code, out, err }: Exited,
): v.InferOutput<Schema> {
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return v.parse(schema, JSON.parse(out));
}

const ids = v.array(v.object({ id: v.string() }));
const idsOf = (exited: Exited) => jsonOf(ids, exited).map(({ id }) => id);

describe('pcr opportunities', () => {
  test.each([
    ['of a stage, in any case', ['--stage', 'qualified'], () => [qualified]],
    ['of a customer, by the beginning of its name', ['--customer', 'anyc'], () => [prospect]],
    ['of a customer and a stage', ['--customer', 'example', '--stage', 'Prospect'], () => []],
    ['that close before a day', ['--due-before', '2020-01-01'], () => []],
    ['of a review status', ['--review-status', 'pending submission', '--limit', '1'], () => [qualified]],
    ['that were modified since', ['--updated-since', '1h'], () => [qualified, prospect]],
    ["of the partner's id", ['--partner-id', 'CRM-10023'], () => [qualified, prospect].toSorted()],
    ["of a part of the partner's id", ['--partner-id', 'CRM-1'], () => []],
    [
      "of the partner's id in another catalog",
      ['--partner-id', 'CRM-10023', '--catalog', 'Sandbox'],
      () => [],
    ],
    [
      "of the partner's id and a customer",
      ['--partner-id', 'CRM-10023', '--customer', 'anyc'],
      () => [prospect],
    ],
    [
      "of the partner's id and a stage",
      ['--partner-id', 'CRM-10023', '--stage', 'Qualified'],
      () => [qualified],
    ],
  ])('are listed %s', async (_, options, expected) => {
    const { code, out } = await deployed.pcr('opportunities', 'list', '--json', ...options);
    expect(code).toBe(0);
    expect(v.parse(ids, JSON.parse(out)).map(({ id }) => id)).toEqual(expected());
  });

  test('lists only the records of the given catalog', async () => {
    const found = idsOf(await deployed.pcr('opportunities', 'list', '--catalog', 'sandbox', '--json'));
    expect(found).toHaveLength(1);
    expect(found).not.toContain(qualified);
  });

  test('escapes formulas in CSV', async () => {
    const { out } = await deployed.pcr('opportunities', 'list', '--stage', 'Qualified', '--csv');
    const [names, line] = out.split('\n');
    expect(names).toMatch(/^catalog,id,version,title,customerName,stage/);
    expect(line).toContain(`AWS,${qualified},2,"'=HYPERLINK(""x"")",Example Corp,Qualified`);
  });

  test('prints one opportunity complete, with its versions and changes', async () => {
    const printed = jsonOf(
      v.object({ version: v.number(), payload: v.object({ LifeCycle: v.object({ Stage: v.string() }) }) }),
      await deployed.pcr('opportunities', 'show', qualified, '--json'),
    );
    expect(printed).toMatchObject({ version: 2, payload: { LifeCycle: { Stage: 'Qualified' } } });
    const history = await deployed.pcr('opportunities', 'history', qualified);
    expect(history.out).toMatch(/2 .*opportunity\.updated +opportunity\.stage_changed/);
    const recent = await deployed.pcr('opportunities', 'history', qualified, '--since', '1d', '--json');
    const versions = jsonOf(v.array(v.object({ version: v.number(), occurredAt: v.string() })), recent);
    const [newest] = versions;
    const since = ['--since', newest?.occurredAt ?? ''];
    expect(
      jsonOf(
        v.array(v.object({ version: v.number() })),
        await deployed.pcr('opportunities', 'history', qualified, ...since, '--json'),
      ),
    ).toEqual([{ version: 2 }]);
    expect(await deployed.pcr('opportunities', 'history', qualified, '--since', '2999-01-01')).toMatchObject({
      code: 0,
      out: '',
      err: expect.stringContaining('No version since 2999-01-01T00:00:00.000Z.'),
    });
    expect(await deployed.pcr('opportunities', 'history', 'O9999999', '--since', '1d')).toMatchObject({
      code: 2,
    });
    const diff = await deployed.pcr('opportunities', 'diff', qualified, '1', '2');
    expect(diff.out).toMatch(/\/LifeCycle\/Stage +Prospect +Qualified/);
  });

  test.each([
    [['show', 'O1'], 'O1: AWS/opportunity/O1 is not in the table'],
    [
      ['list', '--due-before', 'soon'],
      "'--due-before <day>' argument 'soon' is invalid. Allowed: a day such as 2026-06-30.",
    ],
    [['list', '--json', '--csv'], "'--csv' cannot be used with option '--json'"],
    [['list', '--limit', '0'], 'Allowed: a whole number from 1 to'],
    [['list', '--catalog', 'A/B'], 'Allowed: AWS, Sandbox, or the name of another catalog'],
    [['history', 'O1', '--since', 'yesterday'], 'Allowed: a time such as'],
    [['history', 'O1', '--catalog', ''], 'Allowed: AWS, Sandbox, or the name of another catalog'],
    [['list', '--customer', ' '], 'Allowed: the start of a name.'],
    [['list', '--partner-id', ' '], 'Allowed: an id.'],
  ])('%j is refused with what is allowed', async (args, message) => {
    const { code, out, err } = await deployed.pcr('opportunities', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe('pcr invitations', () => {
  test.each([
    ['pending ones that expire soon', ['--expiring-within', '90d'], () => [invitation]],
    ['none that expires in a minute', ['--expiring-within', '1m'], () => []],
    ['by status', ['--status', 'pending'], () => [invitation]],
  ])('are listed: %s', async (_, options, expected) => {
    const { code, out } = await deployed.pcr('invitations', 'list', '--json', ...options);
    expect(code).toBe(0);
    expect(v.parse(ids, JSON.parse(out)).map(({ id }) => id)).toEqual(expected());
  });
});

const parkedRows = v.array(
  v.object({ queue: v.string(), id: v.string(), code: v.string(), parkedAt: v.string() }),
);

const park = async (queue: string, body: string, code?: string) => {
  const { endpoints, queues } = deployed.stage;
  const client = new SQSClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SQS));
  const MessageAttributes = code ? { code: { DataType: 'String', StringValue: code } } : undefined;
  await client.send(
    new SendMessageCommand({ QueueUrl: queues.get(queue).url, MessageBody: body, MessageAttributes }),
  );
};
const parked = async (...args: readonly string[]) =>
  v.parse(parkedRows, JSON.parse((await deployed.pcr('parked', 'list', '--json', ...args)).out));

describe('pcr parked', () => {
  test('lists messages with their reason and keeps them in their queues', async () => {
    await park('Quarantine/Kept', '{"detail-type":"New"}', 'event.unhandled');
    await park('Quarantine/Events/Parked', 'poison');
    const first = await parked();
    expect(first.map(({ queue, code }) => `${queue} ${code}`).toSorted()).toEqual([
      'kept event.unhandled',
      'quarantine receive count exceeded',
    ]);
    expect(Date.parse(first[0]?.parkedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect((await parked('--code', 'event.unhandled')).map(({ code }) => code)).toEqual(['event.unhandled']);
    for (const { id, queue, code } of first) {
      const printed = await deployed.pcr('parked', 'show', id, '--json');
      expect(printed).toMatchObject({ code: 0 });
      expect(JSON.parse(printed.out)).toMatchObject({ id, queue, code });
      expect(await deployed.pcr('parked', 'show', id, '--queue', 'delivery')).toMatchObject({
        code: 2,
        out: '',
      });
    }
    expect(await deployed.pcr('parked', 'show', 'no-such-message')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('message no-such-message: not found; allowed: '),
    });
    expect(await parked()).toHaveLength(2);
  });

  test('drops nothing without a yes, then only the selected messages', async () => {
    const asked = await deployed.pcr('parked', 'drop', '--queue', 'kept', '--code', 'event.unhandled');
    expect(asked).toMatchObject({ code: 1, out: '' });
    expect(asked.err).toContain('Delete permanently 1 message of kept?');
    expect(await parked()).toHaveLength(2);
    const unknown = await deployed.pcr('parked', 'drop', 'no-such-message', '--queue', 'quarantine', '--yes');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    await deployed.pcr('parked', 'drop', '--queue', 'kept', '--code', 'event.unhandled', '--yes');
    expect((await parked()).map(({ code }) => code)).toEqual(['receive count exceeded']);
    const dropped = await deployed.pcr('parked', 'drop', '--queue', 'quarantine', '--all', '--yes', '--json');
    expect(JSON.parse(dropped.out)).toEqual([{ queue: 'quarantine', messages: 1 }]);
    expect(await parked()).toEqual([]);
    const nothing = await deployed.pcr('parked', 'drop', '--queue', 'quarantine', '--all', '--yes', '--json');
    expect(nothing).toMatchObject({ code: 0, out: '[]\n' });
  });

  test('drops and redrives over all queues, by id, by code and all, and says what it did in each', async () => {
    await park('Quarantine/Kept', '{"detail-type":"New"}', 'event.unhandled');
    await park('Quarantine/Events/Parked', 'poison', 'event.malformed');
    await park('Hydration/Invitations/Parked', 'poison', 'event.malformed');
    const rows = await parked();
    const kept = rows.find(({ queue }) => queue === 'kept')?.id ?? '';
    const poison = rows.find(({ queue }) => queue === 'quarantine')?.id ?? '';

    const asked = await deployed.pcr('parked', 'drop', '--all');
    expect(asked).toMatchObject({ code: 1, out: '' });
    expect(asked.err).toContain(
      'Delete permanently 1 message of invitation, 1 message of quarantine, 1 message of kept?',
    );
    const oneUnknown = await deployed.pcr('parked', 'drop', poison, 'no-such-message', '--yes');
    expect(oneUnknown).toMatchObject({ code: 2, out: '' });
    expect(await parked()).toHaveLength(3);

    const keptById = await deployed.pcr('parked', 'redrive', kept, '--yes');
    expect(keptById).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--queue kept --to') });
    const all = await deployed.pcr('parked', 'redrive', '--all', '--yes');
    expect(all).toMatchObject({
      code: 0,
      out: '1 message of invitation: done.\n1 message of quarantine: done.\n',
      err: expect.stringContaining('1 message of kept stay'),
    });
    await deployed.stage.idle();
    // Both are malformed, and parked again.
    const again = await parked();
    expect(again.map(({ queue }) => queue).toSorted()).toEqual(['invitation', 'kept', 'quarantine']);
    const byId = again.find(({ queue }) => queue === 'quarantine')?.id ?? '';
    const dropped = await deployed.pcr('parked', 'drop', byId, kept, '--yes');
    expect(dropped).toMatchObject({
      code: 0,
      out: '1 message of quarantine: done.\n1 message of kept: done.\n',
    });
    const byCode = await deployed.pcr('parked', 'drop', '--code', 'event.malformed', '--yes');
    expect(byCode).toMatchObject({ code: 0, out: '1 message of invitation: done.\n' });
    expect(await parked()).toEqual([]);
  });

  test('redrives to the queue that processes the message', async () => {
    const refused = await deployed.pcr('parked', 'redrive', '--queue', 'kept', '--all', '--yes');
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('the quarantine would keep the messages again');
    for (const [from, to] of [
      ['delivery', 'opportunity'],
      ['quarantine', 'engagement'],
      ['kept', 'delivery'],
    ] as const) {
      const wrong = await deployed.pcr('parked', 'redrive', '--queue', from, '--to', to, '--all', '--yes');
      expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('--to') });
    }
    deployed.partner.updateOpportunity(prospect, { patch: { LifeCycle: { Stage: 'Committed' } } });
    const body = JSON.stringify({
      version: '0',
      id: '0a1b2c3d-0000-4000-8000-000000000001',
      'detail-type': 'Opportunity Updated',
      source: 'aws.partnercentral-selling',
      account: '111122223333',
      time: new Date().toISOString(),
      region: 'us-east-1',
      resources: [],
      detail: { schemaVersion: '1', catalog: 'AWS', opportunity: { identifier: prospect, arn: 'arn' } },
    });
    await park('Hydration/Opportunities/Parked', body, 'partner-central.access-denied');
    const redriven = await deployed.pcr('parked', 'redrive', '--queue', 'opportunity', '--all', '--yes');
    expect(redriven).toMatchObject({ code: 0, out: '1 message of opportunity: done.\n' });
    await deployed.stage.idle();
    expect(await parked()).toEqual([]);
    expect(idsOf(await deployed.pcr('opportunities', 'list', '--stage', 'Committed', '--json'))).toEqual([
      prospect,
    ]);
  });
});

const outcomes = v.array(v.looseObject({ catalog: v.string(), name: v.string(), outcome: v.string() }));

describe('passes and quota', () => {
  test('backfill reads everything again, reconcile only what events missed', async () => {
    const silent = deployed.partner.createOpportunity('AWS', { events: 0 });
    const reconciled = await deployed.pcr('reconcile', '--catalog', 'AWS', '--json');
    expect(reconciled).toMatchObject({ code: 0 });
    const found = v.parse(outcomes, JSON.parse(reconciled.out));
    expect(found).toHaveLength(5);
    // A scheduled pass may have found it just before.
    const { missing, toRead, ...rest } = v.parse(
      v.looseObject({ missing: v.number(), toRead: v.number() }),
      found.find(({ name }) => name === 'opportunities'),
    );
    expect(rest).toMatchObject({ compared: expect.any(Number), read: toRead, refused: 0, unusable: 0 });
    expect(toRead).toBeGreaterThanOrEqual(missing);
    await deployed.stage.idle();
    expect(idsOf(await deployed.pcr('opportunities', 'list', '--json'))).toContain(silent);

    const before = deployed.simulator.reads('GetOpportunity');
    const filled = await deployed.pcr('backfill', '--json');
    expect(filled).toMatchObject({ code: 0 });
    expect(v.parse(outcomes, JSON.parse(filled.out)).map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 10 }, () => 'ended'),
    );
    expect(filled.err).toContain('Comparing lists: 10 of 10 done');
    const inSandbox = v
      .parse(outcomes, JSON.parse(filled.out))
      .filter(({ catalog }) => catalog === 'Sandbox');
    expect(inSandbox).toContainEqual(
      expect.objectContaining({
        name: 'opportunities',
        compared: 1,
        missing: 0,
        changed: 0,
        toRead: 1,
        read: 1,
      }),
    );
    expect(deployed.simulator.reads('GetOpportunity') - before).toBeGreaterThanOrEqual(4);
  });

  test('refuses a catalog that the stack does not take', async () => {
    const { code, err } = await deployed.pcr('backfill', '--catalog', 'Moon');
    expect(code).toBe(2);
    expect(err).toContain('--catalog Moon: allowed: AWS, Sandbox');
  });

  test.each(['backfill', 'reconcile'])(
    '%s exits with 1 for a pass that Partner Central refuses, and with 0 for the next one',
    async (command) => {
      deployed.simulator.injectFaults((operation) =>
        operation === 'ListEngagements' ? 'access-denied' : undefined,
      );
      const { code, out, err } = await deployed.pcr(command, '--catalog', 'Sandbox');
      deployed.simulator.injectFaults(undefined);
      expect(code).toBe(1);
      expect(out).toMatch(/LIST +OUTCOME +COMPARED +MISSING +CHANGED +READ +REFUSED/);
      expect(out).toMatch(/Sandbox\/engagements +failed/);
      expect(err).toContain('Sandbox/engagements failed: partner-central.access-denied: ');
      expect(err).toContain('1 pass failed: look for pass.failed in the log of reconcile');
      expect(await deployed.pcr(command, '--catalog', 'Sandbox')).toMatchObject({ code: 0 });
    },
  );

  test('quota prints the used reads and the remaining ones', async () => {
    const use = jsonOf(
      v.object({ used: v.number(), left: v.number(), perDay: v.number() }),
      await deployed.pcr('quota', '--json'),
    );
    // An expired permit counts too.
    expect(use.used).toBeGreaterThanOrEqual(deployed.simulator.reads());
    expect(use.left).toBe(use.perDay - use.used);
  });
});

const findings = v.array(
  v.object({ check: v.string(), level: v.string(), found: v.string(), advice: v.optional(v.string()) }),
);

describe('pcr doctor', () => {
  test('finds no problem in a working stack, and gives advice for warnings', async () => {
    const reads = deployed.simulator.reads();
    const found = jsonOf(findings, await deployed.pcr('doctor', '--json'));
    const levels = new Map(found.map(({ check, level }) => [check, level]));
    expect(Object.fromEntries(levels)).toEqual({
      credentials: 'ok',
      stack: 'ok',
      release: 'ok',
      rules: 'ok',
      events: 'ok',
      'last event': 'ok',
      passes: 'ok',
      schedules: 'ok',
      'event sources': 'ok',
      tables: 'ok',
      concurrency: 'ok',
      alarms: 'ok',
      // The stack has no subscription.
      notifications: 'warning',
      'partner central': 'ok',
      quota: 'ok',
      'shared quota': 'ok',
      parked: 'ok',
      // The test has added no endpoint.
      endpoints: 'warning',
      receivers: 'ok',
      signing: 'ok',
      rotations: 'ok',
      deliveries: 'ok',
      rows: 'ok',
      commands: 'ok',
      clients: 'ok',
    });
    expect(found.filter(({ level, advice }) => level !== 'ok' && advice === undefined)).toEqual([]);
    // One harmless read of each catalog, counted in the ledger.
    expect(deployed.simulator.reads() - reads).toBeGreaterThanOrEqual(2);
    const use = jsonOf(v.object({ used: v.number() }), await deployed.pcr('quota', '--json'));
    expect(use.used).toBeGreaterThanOrEqual(deployed.simulator.reads());
  });

  test('reports what Partner Central refuses, and exits with 1 if the stack is broken', async () => {
    deployed.simulator.injectFaults(() => 'access-denied');
    const denied = await deployed.pcr('doctor');
    expect(denied).toMatchObject({ code: 0 });
    expect(denied.out).toContain(
      '! partner central  Catalog AWS: a read with these credentials failed: AccessDeniedException.',
    );
    deployed.simulator.injectFaults(() => 'internal');
    const broken = await deployed.pcr('doctor');
    deployed.simulator.injectFaults(undefined);
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('✗ partner central  Catalog AWS');
    expect(broken.err).toBe('2 problems.\n');
  });
});
