import { beforeEach, expect, it } from 'vitest';
import { dynamodbExportStore } from '../../lambdas/adapters/dynamodb-export-store.ts';
import { dynamodbPassStore } from '../../lambdas/adapters/dynamodb-pass-store.ts';
import { dynamodbQuotaLedger } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { dynamodbSightings } from '../../lambdas/adapters/dynamodb-sightings.ts';
import { dynamodbSolutionCache } from '../../lambdas/adapters/dynamodb-solution-cache.ts';
import { addMs, instantOf } from '../../lambdas/core/instant.ts';
import { solutionNames } from '../../lambdas/hydrate/solution-names.ts';
import { ledgerItem } from '../../lambdas/quota/ledger-item.ts';
import { readPurposes } from '../../lambdas/quota/purposes.ts';
import { workerLedger } from '../../lambdas/quota/worker-ledger.ts';
import { missingDynoxide, useDynamoDb } from '../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../describe-unless.ts';
import { fixedRandom } from '../fakes/fixed-random.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { recordedMetrics } from '../fakes/recorded-metrics.ts';
import { scriptedPartnerCentral } from '../fakes/scripted-partner-central.ts';
import { exportWorld } from '../unit/export/export-world.ts';
import {
  finishedPasses,
  minuteMs,
  putOpportunities,
  reconcileWorld,
  run,
} from '../unit/reconcile/reconcile-world.ts';
import { editItem, withValue, wrongValues } from './edited-rows.ts';
import { type PcrUnderTest, pcrOn } from './pcr/pcr-under-test.ts';

type Key = Readonly<Record<'pk' | 'sk', string>>;
/** An attribute, and the names of the values in `wrongValues` that are valid in it. */
type Case = readonly [name: string, valid: readonly string[]];

const quotaKey: Key = { pk: 'quota', sk: 'reads' };
const passItem: Key = { pk: 'pass', sk: 'AWS/opportunities' };
const eventKey: Key = { pk: 'sightings', sk: 'event' };
const detailTypeKey: Key = { pk: 'detail-type', sk: 'Opportunity Accepted' };
const exportKey: Key = { pk: 'export', sk: 'records' };
const solutionsKey: Key = { pk: 'solutions', sk: 'AWS' };

const ledgerCases: readonly Case[] = [
  ['writer', ['text']],
  ['writtenAt', []],
  ['nextFreeAt', []],
  ['closedUntil', ['missing']],
  ['closures', []],
  ['hours', []],
  ['hoursTotal', ['missing']],
  ['revision', []],
];
const passCases: readonly Case[] = [
  ['dueAt', ['missing']],
  ['leased', ['missing', 'boolean']],
  ['requested', ['missing', 'boolean']],
  ['fullRequestedAt', ['missing']],
  ['state', ['missing', 'map']],
];
const stateCases: readonly Case[] = [
  ...['watermark', 'lastFullAt', 'finishedAt', 'failedAt', 'progress'].map(
    (name): Case => [name, ['missing']],
  ),
  ['failure', ['missing', 'map']],
];
const eventCases: readonly Case[] = [
  ['lastEventAt', ['missing']],
  ['firstReadAt', ['missing']],
];
const detailTypeCases: readonly Case[] = [['firstSeenAt', []]];
const solutionCases: readonly Case[] = [
  ['names', ['map']],
  ['readAt', []],
];

const exportCases: readonly Case[] = [
  ...['table', 'bucket'].map((name): Case => [name, ['text']]),
  ['since', []],
  ...['fullAt', 'exportedTo', 'failures', 'failedAt'].map((name): Case => [name, ['missing']]),
  ['running', ['missing']],
  ['failure', ['missing', 'text']],
];

const now = '2026-03-01T10:00:00.000Z';

describeUnless(missingDynoxide, 'a row of table Control that was edited by hand', () => {
  const engine = useDynamoDb('dynoxide');
  let pcr: PcrUnderTest;
  const table = () => pcr.relay.output('ControlTableName');
  beforeEach(async () => {
    pcr = await pcrOn(engine, []);
  });

  /** Names the rows that `pcr rows list --scan` prints with this attribute. */
  const listed = async (name: string): Promise<string[]> => {
    const { code, out } = await pcr.run('rows', 'list', '--scan', '--json');
    expect(code).toBe(0);
    const rows: readonly (Key & { table: string; problems: string })[] = out === '' ? [] : JSON.parse(out);
    return rows
      .filter(({ problems }) => problems.includes(name))
      .map((row) => `${row.table} ${row.pk} ${row.sk}`);
  };

  /** Edits the attribute, and checks that the scan names the row unless the value is valid. */
  const edit = async (key: Key, [name, valid]: Case, value: (typeof wrongValues)[number]) => {
    await editItem(engine.client(), table(), key, (item) => withValue(item, name, value[1]));
    const isInvalid = !valid.includes(value[0]);
    expect(await listed(name), value[0]).toEqual(isInvalid ? [`Control ${key.pk} ${key.sk}`] : []);
    return isInvalid;
  };

  it.each(ledgerCases)(
    'grants reads within a minute, forgets none, and is reported once: quota ledger, %s',
    async (...edited) => {
      for (const value of wrongValues) {
        const store = dynamodbQuotaLedger(engine.client(), table(), 'reads');
        const written = {
          writer: 'worker-1',
          writtenAt: now,
          nextFreeAt: now,
          closedUntil: now,
          closures: 0,
          hours: { '2026-03-01T09': 200, '2026-03-01T10': 100 },
        } as const;
        const { revision } = await store.read();
        await store.write(ledgerItem(written), revision);
        const isInvalid = await edit(quotaKey, edited, value);
        const clock = manualClock(addMs(now, 1_000));
        const metrics = recordedMetrics<'RowsUnreadable'>();
        const limits = { perSecond: 10, perDay: 1_000 };
        const deps = {
          ledger: store,
          limits,
          calls: 'reads',
          clock,
          metrics,
          random: fixedRandom(),
          log: recordedLog(),
          reportUsedOfDay: () => undefined,
        } as const;
        for (const writer of ['worker-2', 'worker-3']) {
          const ledger = workerLedger({ ...deps, writer });
          let reservation = await ledger.reservePermits(readPurposes.record, () => ({ wanted: 1 }));
          for (let seconds = 0; seconds < 60 && !('granted' in reservation); seconds += 1) {
            clock.advance(1_000);
            reservation = await ledger.reservePermits(readPurposes.record, () => ({ wanted: 1 }));
          }
          expect(reservation, value[0]).toMatchObject({ granted: 1 });
        }
        expect(metrics.totals()['RowsUnreadable'] ?? 0, value[0]).toBe(isInvalid ? 1 : 0);
        const { hours = {} } = (await store.read()).item ?? {};
        const used = Object.values(Object(hours)).reduce<number>((sum, reads) => sum + Number(reads), 0);
        expect(used, value[0]).toBe(302);
        expect(await listed('')).toEqual([]);
      }
    },
  );

  /** Runs passes on an edited row for more than two hours. */
  const runPasses = async (
    name: string,
    editRow: (value: (typeof wrongValues)[number]) => Promise<boolean>,
  ) => {
    const world = reconcileWorld();
    const ports = { passes: dynamodbPassStore(engine.client(), table()) };
    putOpportunities(world, 1, 2);
    await run(world, {}, ports);
    for (const value of wrongValues) {
      const reported = world.metrics.totals()['RowsUnreadable'] ?? 0;
      const { length: finished } = finishedPasses(world, 'opportunities');
      const isInvalid = await editRow(value);
      for (let times = 0; times < 14; times += 1) {
        world.clock.advance(10 * minuteMs);
        await run(world, {}, ports);
      }
      const nowReported = world.metrics.totals()['RowsUnreadable'] ?? 0;
      expect(nowReported - reported, value[0]).toBe(isInvalid ? 1 : 0);
      // One an hour, and at most one because of the edit.
      const passes = finishedPasses(world, 'opportunities').length - finished;
      expect(passes, value[0]).toBeGreaterThanOrEqual(2);
      expect(passes, value[0]).toBeLessThanOrEqual(4);
      expect(await listed(name)).toEqual([]);
    }
  };

  it.each(passCases)('runs on as before, and is reported once: pass, %s', async (...edited) => {
    await runPasses(edited[0], (value) => edit(passItem, edited, value));
  });

  it.each(stateCases)('runs on as before, and is reported once: state of a pass, %s', async (name, valid) => {
    await runPasses(name, async (value) => {
      await editItem(engine.client(), table(), passItem, (item) => ({
        ...item,
        state: { M: withValue(item['state']?.M ?? {}, name, value[1]) },
      }));
      return !valid.includes(value[0]);
    });
  });

  it.each(eventCases)(
    'never moves the last event into the future, and is reported once: last event, %s',
    async (...edited) => {
      for (const value of wrongValues) {
        const sightings = () => dynamodbSightings(engine.client(), table());
        await sightings().recordEvent(now);
        const isInvalid = await edit(eventKey, edited, value);
        const later = addMs(now, minuteMs);
        const first = await sightings().lastEventAt(later);
        expect(first.repaired.length, value[0]).toBe(isInvalid ? 1 : 0);
        expect(first.at >= now && first.at <= later, value[0]).toBe(true);
        expect(await sightings().lastEventAt(addMs(later, 1)), value[0]).toEqual({
          at: first.at,
          repaired: [],
        });
        expect(await listed(edited[0])).toEqual([]);
      }
    },
  );

  it.each(eventCases)(
    'is replaced by the next event, and is reported once: last event, %s',
    async (...edited) => {
      for (const [index, value] of wrongValues.entries()) {
        const sightings = () => dynamodbSightings(engine.client(), table());
        const at = instantOf(Date.parse(now) + index * 60 * minuteMs);
        await sightings().recordEvent(at);
        const isInvalid = await edit(eventKey, edited, value);
        const later = addMs(at, minuteMs);
        expect((await sightings().recordEvent(later)).length, value[0]).toBe(isInvalid ? 1 : 0);
        expect(await sightings().recordEvent(later), value[0]).toEqual([]);
        expect(await sightings().lastEventAt(later), value[0]).toEqual({ at: later, repaired: [] });
      }
    },
  );

  it.each(detailTypeCases)('stays known: detail-type, %s', async (...edited) => {
    const sightings = dynamodbSightings(engine.client(), table());
    await sightings.recordDetailType(detailTypeKey.sk, now);
    for (const value of wrongValues) {
      await edit(detailTypeKey, edited, value);
      expect(await sightings.recordDetailType(detailTypeKey.sk, now)).toBe('known');
    }
  });

  it.each(solutionCases)(
    'is listed again once, and is reported once: names of solutions, %s',
    async (...edited) => {
      for (const value of wrongValues) {
        const cache = dynamodbSolutionCache(engine.client(), table());
        const partnerCentral = scriptedPartnerCentral();
        partnerCentral.list('ListSolutions', { catalog: 'AWS' }, [{ Id: 'S-1', Name: 'Platform' }]);
        const clock = manualClock(addMs(now, 20 * minuteMs));
        const metrics = recordedMetrics();
        await cache.write('AWS', { names: new Map([['S-1', 'Platform']]), readAt: now });
        const isInvalid = await edit(solutionsKey, edited, value);
        for (let workers = 0; workers < 2; workers += 1) {
          const names = solutionNames({ cache, partnerCentral, clock, log: recordedLog(), metrics });
          expect(await names.namesOf('AWS', ['S-1']), value[0]).toEqual(new Map([['S-1', 'Platform']]));
        }
        expect(partnerCentral.countReads('ListSolutions'), value[0]).toBe(1);
        expect(metrics.totals()['RowsUnreadable'] ?? 0, value[0]).toBe(isInvalid ? 1 : 0);
        expect(await listed(edited[0])).toEqual([]);
      }
    },
  );

  it.each(exportCases)('does not stop exports, and is reported once: export, %s', async (...edited) => {
    const world = exportWorld({ store: dynamodbExportStore(engine.client(), table()) });
    for (const value of wrongValues) {
      await world.runFor(90 * minuteMs);
      const before = world.model.exports.length;
      const reported = world.metrics.totals()['RowsUnreadable'] ?? 0;
      const isInvalid = await edit(exportKey, edited, value);
      await world.runFor(3 * 60 * minuteMs);
      expect(world.model.exports.length, value[0]).toBeGreaterThan(before);
      const nowReported = world.metrics.totals()['RowsUnreadable'] ?? 0;
      expect(nowReported - reported, value[0]).toBe(isInvalid ? 1 : 0);
      expect(await listed(edited[0])).toEqual([]);
    }
  });

  it('is reported once although two workers find it at the same time: names of solutions', async () => {
    const partnerCentral = scriptedPartnerCentral();
    partnerCentral.list('ListSolutions', { catalog: 'AWS' }, [{ Id: 'S-1', Name: 'Platform' }]);
    const log = recordedLog();
    const cache = dynamodbSolutionCache(engine.client(), table());
    await cache.write('AWS', { names: new Map(), readAt: now });
    await edit(solutionsKey, ['names', []], ['text', { S: 'three' }]);
    const bothHaveRead = Promise.withResolvers<void>();
    let reads = 0;
    const read = async (catalog: string) => {
      const found = await cache.read(catalog);
      reads += 1;
      if (reads === 2) bothHaveRead.resolve();
      await bothHaveRead.promise;
      return found;
    };
    const options = {
      cache: { ...cache, read },
      partnerCentral,
      clock: manualClock(now),
      log,
      metrics: recordedMetrics(),
    };
    const workers = [solutionNames(options), solutionNames(options)];
    await Promise.all(workers.map((names) => names.namesOf('AWS', ['S-1'])));
    expect(log.of('row.repaired')).toMatchObject([{ item: 'solutions AWS' }]);
  });
});
