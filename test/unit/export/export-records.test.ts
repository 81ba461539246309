import { describe, expect, it } from 'vitest';
import { crashEverywhere, untilCrash } from '../../fakes/crashing.ts';
import { dayMs, type ExportWorld, exportWorld, hourMs, minuteMs, target, windowsOf } from './export-world.ts';

/** Whether the completed exports of the last chain leave no gap, and overlap nowhere. */
function isContiguous({ model }: ExportWorld): boolean {
  const completed = model.exports.filter((each) => model.status(each) === 'COMPLETED');
  const lastFull = completed.findLastIndex(({ fromMs }) => fromMs === undefined);
  const chain = completed.slice(lastFull);
  return (
    lastFull >= 0 && chain.every(({ fromMs }, index) => index === 0 || fromMs === chain[index - 1]?.toMs)
  );
}

describe('exports of the Records table', () => {
  it('begin with a full one as soon as the table can be restored, and continue with every hour of changes', async () => {
    const world = exportWorld();
    await world.runFor(4 * hourMs);
    expect(windowsOf(world)).toEqual([
      'full 03-01T10:05',
      '03-01T10:05 03-01T11:05',
      '03-01T11:05 03-01T12:05',
      '03-01T12:05 03-01T13:05',
    ]);
    expect(new Set(world.model.exports.map(({ folder }) => folder))).toEqual(
      new Set(['records/2026-03-01T10-05-00Z']),
    );
  });

  it('make up for days in which the function did not run, in windows of at most a day', async () => {
    const world = exportWorld({ everyMs: 6 * hourMs });
    await world.runFor(hourMs);
    world.clock.advance(2.5 * dayMs);
    await world.runFor(2 * hourMs);
    expect(windowsOf(world)).toEqual([
      'full 03-01T10:05',
      '03-01T10:05 03-02T10:05',
      '03-02T10:05 03-03T10:05',
      '03-03T10:05 03-03T23:25',
    ]);
  });

  it('begin anew with a full one after 28 days, in a folder of its own', async () => {
    const world = exportWorld({ everyMs: dayMs });
    await world.runFor(30 * dayMs);
    const fulls = world.model.exports.filter(({ fromMs }) => fromMs === undefined);
    expect(fulls.map(({ folder }) => folder)).toEqual([
      'records/2026-03-01T10-05-00Z',
      'records/2026-03-29T10-05-00Z',
    ]);
    expect(isContiguous(world)).toBe(true);
  });

  it.each([
    [
      'point-in-time recovery was switched off and on',
      (world: ExportWorld) => (world.model.recoveryFromMs = world.clock.nowMs()),
      target,
    ],
    [
      'the table is another one, restored from a backup',
      () => undefined,
      { ...target, table: `${target.table}-restored` },
    ],
    ['the bucket is another one', () => undefined, { ...target, bucket: 'other-exports' }],
  ])('begin anew with a full one if %s', async (_, change, to) => {
    const world = exportWorld();
    await world.runFor(3 * hourMs);
    const before = world.model.exports.length;
    change(world);
    await world.runFor(3 * hourMs, to);
    const [first, ...others] = world.model.exports
      .slice(before)
      .filter(({ failure }) => failure === undefined);
    expect(first).toMatchObject({ ...to, fromMs: undefined });
    expect(others.map(({ folder }) => folder)).toEqual(others.map(() => first?.folder));
    expect(others.length).toBeGreaterThan(0);
  });

  it('are requested again an hour after a failure, with another token, and the failure is in the row', async () => {
    const world = exportWorld();
    await world.runFor(hourMs);
    world.model.failure = 'S3NoSuchBucket';
    await world.runFor(2.5 * hourMs);
    const failed = world.model.exports.filter(({ failure }) => failure !== undefined);
    expect(failed).toHaveLength(2);
    expect(new Set(failed.map(({ token }) => token)).size).toBe(2);
    expect((await world.store.read()).state).toMatchObject({ failures: 2, failure: 'S3NoSuchBucket' });
    expect(world.log.of('export.failed')).toMatchObject([
      { code: 'S3NoSuchBucket' },
      { code: 'S3NoSuchBucket' },
    ]);
    world.model.failure = undefined;
    await world.runFor(3 * hourMs);
    expect((await world.store.read()).state).not.toHaveProperty('failure');
    expect(isContiguous(world)).toBe(true);
  });

  it('are requested again after AWS has forgotten the running one', async () => {
    const world = exportWorld();
    await world.runFor(15 * minuteMs);
    expect((await world.store.read()).state?.running?.arn).toBeDefined();
    world.model.exports.splice(0);
    await world.run();
    expect((await world.store.read()).state).toMatchObject({ failure: 'ExportNotFoundException' });
    await world.runFor(3 * hourMs);
    expect(isContiguous(world)).toBe(true);
  });

  it('request a window with another token after a failure, because AWS would answer with the failed one', async () => {
    const world = exportWorld();
    await world.runFor(hourMs);
    world.clock.advance(3 * dayMs);
    world.model.failure = 'S3NoSuchBucket';
    await world.runFor(hourMs);
    world.model.failure = undefined;
    await world.runFor(4 * hourMs);
    const [, failed, repeated] = world.model.exports;
    expect(failed?.failure).toBe('S3NoSuchBucket');
    expect([repeated?.fromMs, repeated?.toMs]).toEqual([failed?.fromMs, failed?.toMs]);
    expect(isContiguous(world)).toBe(true);
  });

  it('send their age only once it is more than two periods and three hours', async () => {
    const world = exportWorld();
    await world.runFor(6 * hourMs);
    expect(world.metrics.levels('ExportAge')).toEqual([]);
    world.model.failure = 'AccessDenied';
    await world.runFor(4 * hourMs);
    expect(world.metrics.levels('ExportAge')).toEqual([]);
    await world.runFor(2 * hourMs);
    expect(Math.min(...world.metrics.levels('ExportAge'))).toBeGreaterThan((5 * hourMs) / 1_000);
    world.model.failure = undefined;
    await world.runFor(3 * hourMs);
    const sent = world.metrics.levels('ExportAge').length;
    await world.runFor(hourMs);
    expect(world.metrics.levels('ExportAge')).toHaveLength(sent);
  });

  it('begin anew if the row was edited by hand to a time in the future, which is reported once', async () => {
    const world = exportWorld();
    await world.runFor(3 * hourMs);
    const { state, revision } = await world.store.read();
    if (state) await world.store.write({ ...state, exportedTo: '2099-01-01T00:00:00.000Z' }, revision);
    await world.runFor(3 * hourMs);
    expect(world.metrics.totals()).toEqual({ RowsUnreadable: 1 });
    expect(world.log.of('row.repaired')).toMatchObject([{ problems: ['exportedTo: in the future'] }]);
    expect(world.model.exports.filter(({ fromMs }) => fromMs === undefined)).toHaveLength(2);
    expect(isContiguous(world)).toBe(true);
  });

  it('are late too if the first one never begins', async () => {
    const world = exportWorld();
    world.model.recoveryFromMs = undefined;
    await world.runFor(6 * hourMs);
    expect(world.metrics.levels('ExportAge').length).toBeGreaterThan(0);
  });

  it('leave no gap and make no export twice, wherever the function crashes', async () => {
    const crashes = await crashEverywhere(async (process) => {
      const world = exportWorld();
      for (let look = 0; look < 30; look += 1) {
        await untilCrash(world.run(process.crashedAt() === undefined ? process : undefined));
        world.clock.advance(5 * minuteMs);
      }
      await world.runFor(2 * hourMs);
      expect(isContiguous(world)).toBe(true);
      expect(new Set(windowsOf(world)).size).toBe(windowsOf(world).length);
      expect(windowsOf(world).length).toBeGreaterThan(2);
    });
    expect(crashes).toBeGreaterThan(20);
  });

  it('are made once by several workers that run at the same time', async () => {
    const world = exportWorld();
    for (let look = 0; look < 200; look += 1) {
      const runs = [world.run(), world.run()];
      // A third one begins a minute later, at another step of the others.
      for (let steps = 0; steps < look % 7; steps += 1) await Promise.resolve();
      world.clock.advance(minuteMs);
      await Promise.all([...runs, world.run()]);
      world.clock.advance(6 * minuteMs);
    }
    world.clock.advance(hourMs);
    expect(isContiguous(world)).toBe(true);
    expect(new Set(windowsOf(world)).size).toBe(world.model.exports.length);
  });
});
