import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CheckContext } from '../../bin/pcr/doctor/finding.ts';
import { relayOf } from '../../bin/pcr/relay.ts';
import { clientSettings } from '../../local/host/local-account.ts';
import { fixedRandom } from '../fakes/fixed-random.ts';
import { manualClock } from '../fakes/manual-clock.ts';
import { stackPartsOf } from './stack-parts.ts';

const current = new Map([
  ['RecordsTableName', 'Stack-Records'],
  ['WebhooksTableName', 'Stack-Webhooks'],
  ['ControlTableName', 'Stack-Control'],
  ['Concurrency', '60'],
  ['OperatePolicyArn', 'arn:aws:iam::111122223333:policy/Operate'],
  ['DeliveryQueueUrl', 'http://127.0.0.1:1/delivery'],
]);

/**
 * What a check of `pcr doctor` examines: a stack in which everything works, without AWS.
 * @param outputs of the stack. @default those that checks need
 */
export function checkContext(
  examined: Partial<CheckContext> = {},
  outputs: ReadonlyMap<string, string> = current,
): CheckContext {
  const nowhere = { ...clientSettings('http://127.0.0.1:1'), maxAttempts: 1 };
  return {
    relay: relayOf({ name: 'Stack', outputs }, new CloudFormationClient(nowhere), nowhere),
    settings: async () => ({
      catalogs: ['AWS'],
      limits: { perSecond: 10, perDay: 100_000 },
      reminders: false,
    }),
    parts: stackPartsOf(),
    io: { clock: manualClock(), random: fixedRandom() },
    ...examined,
  };
}
