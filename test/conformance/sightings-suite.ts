import { describe, expect, test } from 'vitest';
import type { Sightings } from '../../lambdas/ports/sightings.ts';

/** Creates workers that share one empty store. */
export type NewSightings = () => Promise<() => Sightings>;

/** What every Sightings must do. */
export function sightingsSuite(newSightings: NewSightings): void {
  describe('lastEventAt', () => {
    test('returns the time of the first call until an event arrives', async () => {
      const worker = await newSightings();
      expect((await worker().lastEventAt('2026-03-01T10:00:00.000Z')).at).toBe('2026-03-01T10:00:00.000Z');
      expect((await worker().lastEventAt('2026-03-04T10:00:00.000Z')).at).toBe('2026-03-01T10:00:00.000Z');
    });

    test('returns the time of the last event that any worker recorded', async () => {
      const worker = await newSightings();
      await worker().lastEventAt('2026-03-01T10:00:00.000Z');
      await worker().recordEvent('2026-03-01T09:00:00.000Z');
      expect((await worker().lastEventAt('2026-03-04T10:00:00.000Z')).at).toBe('2026-03-01T09:00:00.000Z');
      await worker().recordEvent('2026-03-05T10:00:00.000Z');
      expect((await worker().lastEventAt('2026-03-06T10:00:00.000Z')).at).toBe('2026-03-05T10:00:00.000Z');
    });

    test('is at most an hour behind while one worker records many events', async () => {
      const worker = (await newSightings())();
      for (const minute of ['00', '20', '40', '59'])
        await worker.recordEvent(`2026-03-01T10:${minute}:00.000Z`);
      const { at } = await worker.lastEventAt('2026-03-01T12:00:00.000Z');
      expect(at >= '2026-03-01T10:00:00.000Z').toBe(true);
      await worker.recordEvent('2026-03-01T11:00:00.000Z');
      expect((await worker.lastEventAt('2026-03-01T12:00:00.000Z')).at).toBe('2026-03-01T11:00:00.000Z');
    });

    test('never moves back if a worker records an older event', async () => {
      const worker = await newSightings();
      await worker().recordEvent('2026-03-01T10:00:00.000Z');
      await worker().recordEvent('2026-03-01T08:00:00.000Z');
      await worker().recordEvent('2026-03-01T09:59:59.999Z');
      expect((await worker().lastEventAt('2026-03-01T12:00:00.000Z')).at).toBe('2026-03-01T10:00:00.000Z');
    });
  });

  describe('recordDetailType', () => {
    test('returns new for one of several concurrent workers', async () => {
      const worker = await newSightings();
      const sightings = await Promise.all(
        Array.from({ length: 8 }, () =>
          worker().recordDetailType('Opportunity Accepted', '2026-03-01T10:00:00.000Z'),
        ),
      );
      expect(sightings.toSorted()).toEqual([...Array(7).fill('known'), 'new']);
      expect(await worker().recordDetailType('Opportunity Accepted', '2026-04-01T10:00:00.000Z')).toBe(
        'known',
      );
      expect(await worker().recordDetailType('Opportunity Rejected', '2026-04-01T10:00:00.000Z')).toBe('new');
    });
  });
}
