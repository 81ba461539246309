import { expect, it } from 'vitest';
import { drills } from '../../local/drill/drills/drills.ts';
import { synthesize } from './synthesized-stack.ts';

it('every alarm of a stack with commands and exports has exactly one drill', () => {
  const alarms = synthesize({ settings: { commands: 'opportunity.update', exportHours: 1 } })
    .ofType('AWS::CloudWatch::Alarm')
    .flatMap(([id]) => /^Monitoring(?:Urgent|Notice)(\w+)[\dA-F]{8}$/.exec(id)?.[1] ?? []);
  expect(alarms.length).toBeGreaterThan(10);
  expect(drills.map(({ alarm }) => alarm).toSorted()).toEqual(alarms.toSorted());
});
