import { expect, it } from 'vitest';
import { assertNextSteps } from '../../deploy/next-steps.ts';

const steps = `after a deployment:
  npx partner-central-relay doctor --stack Relay
  npx partner-central-relay endpoints add --stack Relay --id ep_crm --url https://crm.example.com/hooks --topic 'opportunity.*'
  aws sns subscribe --region us-east-1 --topic-arn arn:aws:sns:us-east-1:111122223333:Relay-Urgent --protocol email --notification-endpoint alarms@example.com`;

/** What `cdk deploy` prints at its end. */
function printed(...outputs: readonly string[]): string {
  return `
 ✅  Relay

✨  Deployment time: 61.2s

Outputs:
${outputs.map((output) => `Relay.${output}`).join('\n')}
Stack ARN:
arn:aws:cloudformation:us-east-1:111122223333:stack/Relay/0a1b2c3d

✨  Total time: 70.1s
`;
}

it('a deployment may end with what to do next', () => {
  expect(() =>
    assertNextSteps(printed('WebhooksTableName = Relay-Webhooks', `WhatNext = ${steps}`), 'Relay'),
  ).not.toThrow();
});

it.each([
  ['another output is printed after it', printed(`WhatNext = ${steps}`, 'XRay = no'), 'but with XRay'],
  ['a step is missing', printed(`WhatNext = ${steps.replace(/\n.*doctor.*/, '')}`), 'but with WhatNext'],
  ['the lines are joined', printed(`WhatNext = ${steps.replaceAll('\n', ' ')}`), 'but with WhatNext'],
  ['a step is for another stack', printed(`WhatNext = ${steps.replaceAll('--stack Relay', '')}`), 'but with'],
  ['nothing is printed', '', 'but with no output'],
])('a deployment does not end with what to do next if %s', (_what, text, message) => {
  expect(() => assertNextSteps(text, 'Relay')).toThrow(message);
});
