import { expect, it } from 'vitest';
import { type StagedVersion, stageStaysOf } from '../../../bin/pcr/export/stage-stays.ts';

const at = (version: number, stage: string | undefined, day: number): StagedVersion => ({
  version,
  stage,
  occurredAt: `2026-03-0${day}T10:00:00.000Z`,
});

it('a stay ends when the next stage begins, and the last one is open', () => {
  const versions = [at(1, 'Prospect', 1), at(2, 'Prospect', 2), at(3, 'Qualified', 5)];
  expect(stageStaysOf(versions)).toEqual([
    {
      stage: 'Prospect',
      version: 1,
      enteredAt: '2026-03-01T10:00:00.000Z',
      leftAt: '2026-03-05T10:00:00.000Z',
    },
    { stage: 'Qualified', version: 3, enteredAt: '2026-03-05T10:00:00.000Z' },
  ]);
});

it('a stage that an opportunity enters again is another stay', () => {
  const versions = [at(1, 'Prospect', 1), at(2, 'Qualified', 2), at(3, 'Prospect', 3)];
  expect(stageStaysOf(versions).map(({ stage, version }) => [stage, version])).toEqual([
    ['Prospect', 1],
    ['Qualified', 2],
    ['Prospect', 3],
  ]);
});

it('versions are taken in the order of their numbers', () => {
  const versions = [at(1, 'Prospect', 1), at(2, 'Qualified', 2), at(10, 'Committed', 3)];
  expect(stageStaysOf(versions.toReversed())).toEqual(stageStaysOf(versions));
  expect(stageStaysOf(versions).map(({ stage }) => stage)).toEqual(['Prospect', 'Qualified', 'Committed']);
});

it('a version without a stage changes nothing', () => {
  expect(stageStaysOf([at(1, undefined, 1)])).toEqual([]);
  expect(stageStaysOf([at(1, 'Prospect', 1), at(2, undefined, 2), at(3, 'Prospect', 3)])).toHaveLength(1);
});

it('a stay never ends before it begins', () => {
  const [first, second] = stageStaysOf([at(1, 'Prospect', 5), at(2, 'Qualified', 2)]);
  expect(first?.leftAt).toBe('2026-03-05T10:00:00.000Z');
  expect(second?.enteredAt).toBe('2026-03-05T10:00:00.000Z');
});
