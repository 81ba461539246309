import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, expect, it } from 'vitest';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { dynamodbSolutionCache } from '../../lambdas/adapters/dynamodb-solution-cache.ts';
import { ServiceError } from '../../lambdas/core/service-error.ts';
import { solutionNames } from '../../lambdas/hydrate/solution-names.ts';
import type { SolutionNames } from '../../lambdas/ports/solution-names.ts';
import {
  accessDenied,
  invalid,
  notFound,
  throttled,
  unavailable,
} from '../builders/partner-central-failures.ts';
import { describeUnless } from '../describe-unless.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { recordedMetrics } from '../fakes/recorded-metrics.ts';
import { type ScriptedPartnerCentral, scriptedPartnerCentral } from '../fakes/scripted-partner-central.ts';
import { missingDynoxide, useDynamoDb } from './dynamodb-under-test.ts';

function solution(Id: string, Name: string) {
  return { Catalog: 'AWS', Id, Name, Status: 'Active' };
}

describeUnless(missingDynoxide, 'names of solutions', () => {
  const engine = useDynamoDb('dynoxide');
  const listOperation = 'ListSolutions';
  const of = { catalog: 'AWS' };
  let clock: ReturnType<typeof manualClock>;
  let log: ReturnType<typeof recordedLog>;
  let metrics: ReturnType<typeof recordedMetrics>;
  let partnerCentral: ScriptedPartnerCentral;
  let tableName: string;

  beforeEach(async () => {
    clock = manualClock('2026-03-01T10:00:00.000Z');
    log = recordedLog();
    metrics = recordedMetrics();
    partnerCentral = scriptedPartnerCentral();
    partnerCentral.list(listOperation, of, [solution('S-1', 'Platform')], [solution('S-2', 'Migration')]);
    tableName = await engine.emptyControlTable();
  });

  function worker(): SolutionNames {
    const cache = dynamodbSolutionCache(engine.client(), tableName);
    return solutionNames({ cache, partnerCentral, clock, log, metrics });
  }

  async function putRow(readAt: string, names: unknown = { 'S-1': 'By hand' }): Promise<void> {
    const Item = toAttributes({ pk: 'solutions', sk: 'AWS', names, readAt });
    await engine.client().send(new PutItemCommand({ TableName: tableName, Item }));
  }

  const pages = () => partnerCentral.countReads(listOperation);
  const minutes = (count: number) => clock.advance(count * 60_000);
  const both = new Map([
    ['S-1', 'Platform'],
    ['S-2', 'Migration'],
  ]);

  it('reads all pages and returns the requested names only', async () => {
    const names = worker();
    expect(await names.namesOf('AWS', ['S-2', 'S-1'])).toEqual(both);
    expect(await names.namesOf('AWS', ['S-2'])).toEqual(new Map([['S-2', 'Migration']]));
    expect(pages()).toBe(2);
  });

  it('returns known names without a call of Partner Central, from its memory or the row', async () => {
    const names = worker();
    expect(await names.knownNamesOf('AWS', ['S-1'])).toBeUndefined();
    expect(pages()).toBe(0);
    await names.namesOf('AWS', ['S-1']);
    expect(await names.knownNamesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'Platform']]));
    expect(await worker().knownNamesOf('AWS', ['S-2'])).toEqual(new Map([['S-2', 'Migration']]));
    minutes(11);
    expect(await names.knownNamesOf('AWS', ['S-9'])).toBeUndefined();
    expect(pages()).toBe(2);
  });

  it('omits solutions without an id or a name', async () => {
    partnerCentral.list(listOperation, of, [
      { Id: 'S-1' },
      { Name: 'Platform' },
      solution('S-2', 'Migration'),
    ]);
    expect(await worker().namesOf('AWS', ['S-1', 'S-2'])).toEqual(new Map([['S-2', 'Migration']]));
  });

  it('caches each catalog by itself', async () => {
    const names = worker();
    await names.namesOf('AWS', ['S-1']);
    partnerCentral.list(listOperation, { catalog: 'Sandbox' }, [solution('S-1', 'A trial')]);
    expect(await names.namesOf('Sandbox', ['S-1'])).toEqual(new Map([['S-1', 'A trial']]));
    expect(await names.namesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'Platform']]));
  });

  it('lists once for concurrent calls', async () => {
    const names = worker();
    const answers = await Promise.all(
      [['S-1'], ['S-2'], ['S-3'], ['S-1', 'S-2']].map((ids) => names.namesOf('AWS', ids)),
    );
    expect(answers.map(({ size }) => size)).toEqual([1, 1, 0, 2]);
    expect(pages()).toBe(2);
  });

  it('lists once for all workers', async () => {
    await worker().namesOf('AWS', ['S-1']);
    minutes(23 * 60);
    expect(await worker().namesOf('AWS', ['S-1', 'S-2'])).toEqual(both);
    expect(pages()).toBe(2);
  });

  it('reads the table again after an hour, and lists again after a day', async () => {
    const names = worker();
    await names.namesOf('AWS', ['S-1']);
    await putRow('2026-03-01T10:30:00.000Z');
    minutes(59);
    expect(await names.namesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'Platform']]));
    minutes(1);
    expect(await names.namesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'By hand']]));
    minutes(23 * 60 + 29);
    expect(await names.namesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'By hand']]));
    expect(pages()).toBe(2);
    minutes(1);
    expect(await names.namesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'Platform']]));
    expect(pages()).toBe(4);
  });

  it('lists again for an unknown id, at most every ten minutes', async () => {
    const names = worker();
    partnerCentral.list(listOperation, of, [solution('S-1', 'Platform')]);
    await names.namesOf('AWS', ['S-1']);
    partnerCentral.list(listOperation, of, [solution('S-3', 'New')]);
    clock.advance(599_999);
    expect(await names.namesOf('AWS', ['S-3'])).toEqual(new Map());
    expect(await worker().namesOf('AWS', ['S-3'])).toEqual(new Map());
    expect(pages()).toBe(1);
    clock.advance(1);
    expect(await names.namesOf('AWS', ['S-3'])).toEqual(new Map([['S-3', 'New']]));
    minutes(5);
    expect(await worker().namesOf('AWS', ['S-4'])).toEqual(new Map());
    expect(pages()).toBe(2);
  });

  it.each([accessDenied, notFound, invalid, throttled, unavailable].map((failure) => failure(listOperation)))(
    'returns no names if the list fails, and lists again after ten minutes, for all workers: $code',
    async (refusal) => {
      partnerCentral.list(listOperation, of, refusal);
      const names = worker();
      for (let time = 0; time < 3; time += 1) expect(await names.namesOf('AWS', ['S-1'])).toEqual(new Map());
      expect(await worker().namesOf('AWS', ['S-1'])).toEqual(new Map());
      expect(pages()).toBe(1);
      expect(metrics.totals()).toMatchObject({ SolutionListsFailed: 1 });
      expect(log.of('solutions.unlisted')).toMatchObject([{ catalog: 'AWS', code: refusal.code }]);
      minutes(10);
      partnerCentral.list(listOperation, of, [solution('S-1', 'Platform')]);
      expect(await names.namesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'Platform']]));
    },
  );

  it('returns the known names if the list is refused later', async () => {
    const names = worker();
    await names.namesOf('AWS', ['S-1']);
    partnerCentral.list(listOperation, of, accessDenied(listOperation));
    minutes(11);
    expect(await names.namesOf('AWS', ['S-1', 'S-9'])).toEqual(new Map([['S-1', 'Platform']]));
  });

  it('keeps names in memory that do not fit into the table', async () => {
    const many = Array.from({ length: 6_000 }, (_, index) => solution(`S-${index}`, 'A name '.repeat(11)));
    partnerCentral.list(listOperation, of, many);
    const names = worker();
    for (let time = 0; time < 2; time += 1)
      expect(await names.namesOf('AWS', ['S-5999'])).toEqual(new Map([['S-5999', 'A name '.repeat(11)]]));
    expect(pages()).toBe(1);
  });

  it.each([
    ['never changes', () => 'token', 2],
    ['goes round in circles', (page: number) => `token-${page % 3}`, 4],
    ['never ends', (page: number) => `token-${page}`, 20],
  ])('stops reading a list whose token %s, for ten minutes and all workers', async (_, tokenOf, expected) => {
    let reads = 0;
    partnerCentral.listSolutions = async () => {
      reads += 1;
      return { items: [solution('S-1', 'Platform')], nextToken: tokenOf(reads) };
    };
    const known = new Map([['S-1', 'Platform']]);
    for (const names of [worker(), worker()])
      for (let time = 0; time < 3; time += 1)
        expect(await names.namesOf('AWS', ['S-1', 'S-2'])).toEqual(known);
    expect(reads).toBe(expected);
    expect(metrics.totals()).toEqual({ SolutionListsFailed: 1 });
    expect(log.of('solutions.unlisted')).toMatchObject([{ code: 'partner-central.endless-list' }]);
    minutes(10);
    await worker().namesOf('AWS', ['S-1', 'S-2']);
    expect(reads).toBe(2 * expected);
  });

  it('lists again for the next opportunity if there was no permit for the first page', async () => {
    const waiting = new ServiceError('quota.waiting', { limit: 'rate', waitMs: 1_000 });
    partnerCentral.list(listOperation, of, waiting);
    const names = worker();
    for (let time = 0; time < 2; time += 1) await expect(names.namesOf('AWS', ['S-1'])).rejects.toBe(waiting);
    partnerCentral.list(listOperation, of, [solution('S-1', 'Platform')]);
    expect(await names.namesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'Platform']]));
  });

  it.each<readonly [string, string, unknown]>([
    ['an invalid time', 'yesterday', { 'S-1': 'By hand' }],
    ['a time in the future', '2026-03-01T10:02:00.000Z', { 'S-1': 'By hand' }],
    ['a time long ago', '2026-02-28T10:00:00.000Z', { 'S-1': 'By hand' }],
    ['invalid names', '2026-03-01T09:59:00.000Z', 'none'],
    ['names that are not texts', '2026-03-01T09:59:00.000Z', { 'S-1': 7 }],
  ])('lists again if the item was edited: %s', async (_, readAt, names) => {
    await putRow(readAt, names);
    expect(await worker().namesOf('AWS', ['S-1'])).toEqual(new Map([['S-1', 'Platform']]));
    expect(pages()).toBe(2);
  });
});
