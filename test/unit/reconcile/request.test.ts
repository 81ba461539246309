import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lambdas/core/json.ts';
import { parseRequest } from '../../../lambdas/reconcile/request.ts';
import { finishedPasses, passKey, reconcileWorld, run, runAfter } from './reconcile-world.ts';

const catalogs = ['AWS', 'Sandbox'];

describe('parseRequest', () => {
  it.each<[Json | undefined, object]>([
    [{ now: true }, { now: true, full: false }],
    [{ full: true }, { now: false, full: true }],
    [
      { full: true, catalog: 'Sandbox' },
      { now: false, full: true, catalog: 'Sandbox' },
    ],
    [{ now: false }, { now: false, full: false }],
    [{}, { now: false, full: false }],
    [null, { now: false, full: false }],
    [undefined, { now: false, full: false }],
    [
      {
        source: 'aws.scheduler',
        'detail-type': 'Scheduled Event',
        detail: '{}',
        time: '2026-03-01T10:00:00Z',
      },
      { now: false, full: false },
    ],
  ])('parses %j', (event, request) => {
    expect(parseRequest(event, catalogs)).toEqual(request);
  });

  it.each<[Json, string, string, string]>([
    [{ now: 'yes' }, '/now', '"yes"', 'true or false'],
    [{ full: 1 }, '/full', '1', 'true or false'],
    [{ full: true, now: null }, '/now', 'null', 'true or false'],
    [{ now: true, catalog: 'aws' }, '/catalog', '"aws"', 'one of AWS, Sandbox'],
    [{ catalog: ['AWS'] }, '/catalog', 'a list', 'one of AWS, Sandbox'],
    ['full', '', '"full"', 'an object such as {"now": true}'],
  ])('refuses %j with its name, its value and what is allowed', (event, path, actual, expected) => {
    expect(() => parseRequest(event, catalogs)).toThrow(
      expect.objectContaining({ code: 'event.malformed', details: { path, expected, actual } }),
    );
  });

  it('refuses an invalid request before any pass runs', async () => {
    const world = reconcileWorld();
    await expect(run(world, { full: 'true' })).rejects.toMatchObject({ code: 'event.malformed' });
    expect(world.partnerCentral.calls).toEqual([]);
    expect(world.passes.find(passKey('opportunities'))).toBeUndefined();
  });
});

describe('a request', () => {
  it('starts passes at once, and the next ones follow an interval later', async () => {
    const world = reconcileWorld();
    await run(world);
    await runAfter(world, 60_000);
    expect(finishedPasses(world, 'opportunities')).toHaveLength(1);
    await run(world, { now: true });
    await run(world);
    expect(finishedPasses(world, 'opportunities')).toHaveLength(2);
    await runAfter(world, 3_600_000);
    expect(finishedPasses(world, 'opportunities')).toHaveLength(3);
  });

  it('starts only the passes of one catalog if it names one', async () => {
    const world = { ...reconcileWorld(), catalogs };
    await run(world);
    const before = world.partnerCentral.calls.length;
    await run(world, { now: true, catalog: 'Sandbox' });
    const asked = world.partnerCentral.calls.slice(before).map(({ catalog }) => catalog);
    expect(asked).toEqual(['Sandbox', 'Sandbox', 'Sandbox', 'Sandbox']);
  });
});
