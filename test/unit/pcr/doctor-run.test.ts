import { expect, it } from 'vitest';
import { runChecks } from '../../../bin/pcr/doctor/run-checks.ts';
import { checkContext } from '../../builders/check-context.ts';
import { stackPartsOf } from '../../builders/stack-parts.ts';

function denied(caller: string): Error {
  const error = new Error(
    `User: ${caller} is not authorized to perform: scheduler:GetSchedule on resource: arn:aws:scheduler:us-east-1:111122223333:schedule/default/Stack-Sweep because no identity-based policy allows the action`,
  );
  error.name = 'AccessDeniedException';
  return error;
}

it.each([
  ['arn:aws:sts::111122223333:assumed-role/Operators/jane', 'the role Operators'],
  ['arn:aws:iam::111122223333:user/jane', 'the user jane'],
])('pcr doctor names the action that %s may not call, and goes on', async (caller, who) => {
  const parts = stackPartsOf({ schedules: () => Promise.reject(denied(caller)) });
  const findings = await runChecks(checkContext({ parts }));
  expect(findings.filter(({ check }) => check === 'schedules')).toEqual([
    {
      check: 'schedules',
      level: 'warning',
      found: 'Not checked: these credentials may not call scheduler:GetSchedule.',
      advice: `Allow this action for ${who}.`,
    },
  ]);
  expect(findings.find(({ check }) => check === 'tables')).toMatchObject({ level: 'ok' });
});
