import { expect, it } from 'vitest';
import { drills } from '../../local/drill/drills/drills.ts';
import { synthesize } from './synthesized-stack.ts';

it('every alarm of the stack has exactly one drill, and every alarm that a drill expects exists', () => {
  const alarms = synthesize()
    .ofType('AWS::CloudWatch::Alarm')
    .flatMap(([id]) => /^Monitoring(?:Urgent|Notice)(\w+)[\dA-F]{8}$/.exec(id)?.[1] ?? []);
  expect(alarms.length).toBeGreaterThan(10);
  expect(drills.map(({ alarm }) => alarm).toSorted()).toEqual(alarms.toSorted());
  const others = drills.flatMap(({ alsoFires = {} }) => Object.keys(alsoFires));
  expect(others.filter((name) => !alarms.includes(name))).toEqual([]);
});
