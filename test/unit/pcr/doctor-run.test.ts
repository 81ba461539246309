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
  ['arn:aws:sts::111122223333:assumed-role/Operators/jane', 'attach-role-policy --role-name Operators'],
  ['arn:aws:iam::111122223333:user/jane', 'attach-user-policy --user-name jane'],
])('pcr doctor names the action that %s may not call, and goes on', async (caller, attach) => {
  const parts = stackPartsOf({ schedules: () => Promise.reject(denied(caller)) });
  const findings = await runChecks(checkContext({ parts }));
  expect(findings.filter(({ check }) => check === 'schedules')).toEqual([
    {
      check: 'schedules',
      level: 'warning',
      found: 'Not checked: these credentials may not call scheduler:GetSchedule.',
      advice: `Give them the policy for operators: \`aws iam ${attach} --policy-arn arn:aws:iam::111122223333:policy/Operate\`.`,
    },
  ]);
  expect(findings.find(({ check }) => check === 'tables')).toMatchObject({ level: 'ok' });
});
