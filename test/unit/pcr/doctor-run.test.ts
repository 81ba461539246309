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

/** Of a stack of release 0.1.0. */
const firstOutputs = new Map([
  ...['Records', 'Webhooks', 'Control'].map((table) => [`${table}TableName`, `Stack-${table}`] as const),
  ...['Opportunity', 'Invitation', 'Engagement', 'Quarantine', 'FanOut', 'Delivery'].flatMap((queue) => [
    [`${queue}QueueUrl`, `http://127.0.0.1:1/${queue}`] as const,
    [`${queue}ParkedQueueUrl`, `http://127.0.0.1:1/${queue}-parked`] as const,
  ]),
  ['ReconcileFunctionName', 'Stack-Reconcile'],
  ['EndpointSecretNamePrefix', 'Stack/endpoints/'],
]);

it('pcr doctor says of a stack of release 0.1.0 which outputs it lacks, and makes the other checks', async () => {
  const parts = stackPartsOf({
    schedules: () => Promise.reject(denied('arn:aws:iam::111122223333:user/jane')),
  });
  const findings = await runChecks(checkContext({ parts }, firstOutputs));
  const deploy = 'Deploy this checkout: `npx cdk deploy -c relay:stackName=Stack`.';
  for (const [check, output] of [
    ['release', 'Release'],
    ['concurrency', 'Concurrency'],
    ['parked', 'KeptQueueUrl'],
  ])
    expect(findings.filter((finding) => finding.check === check)).toEqual([
      {
        check,
        level: 'warning',
        found: `Not checked: stack Stack: it has no output ${output}; it is older than this command. Deploy it again.`,
        advice: deploy,
      },
    ]);
  expect(findings.find(({ check }) => check === 'schedules')).toMatchObject({
    found: 'Not checked: these credentials may not call scheduler:GetSchedule.',
    advice: `${deploy} It adds a policy for operators.`,
  });
  expect(findings.find(({ check }) => check === 'tables')).toMatchObject({ level: 'ok' });
});

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
