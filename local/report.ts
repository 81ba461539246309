import { timeScale } from './local-stage.ts';
import type { Run } from './run.ts';

/** The result as a person reads it: what was counted, what was measured, what held. */
export function resultLines({ result, measured, checks }: Run): string[] {
  const counted: (readonly [string, string])[] = [
    ['events put on the bus', String(result.events)],
    ['reads of Partner Central', String(result.reads)],
    ['versions stored', String(result.versions)],
    [
      'messages received',
      `${result.messages} (${result.verified} verified posts, ${result.duplicateDeliveries} of them repeats)`,
    ],
    ['deliveries finished', String(result.delivered)],
    ['events parked, with a reason', String(result.parked)],
    ['lost', String(result.lost)],
    ['stale', String(result.stale)],
    ['time', `${(result.elapsedMs / 1_000).toFixed(1)} s`],
  ];
  return [
    '',
    ...aligned([...counted, ...measured]),
    '',
    ...checks.flatMap(({ name, holds, found }) => [
      `  ${holds ? '✓' : '✗'} ${name}`,
      ...found.map((each) => `      ${each}`),
    ]),
  ];
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`);
}

/** What the SDK asks for besides endpoints; the engines take any key. */
const localAccess = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'us-east-1' };

/** Commands to paste into another terminal while the stage is up. */
export function lookAroundLines({ local }: Run): string[] {
  const { endpoints, controlPlane, queues } = local.stage;
  const { records, webhooks } = local.tables;
  const parked = queues.get('Quarantine/Events/Parked').url;
  return [
    '',
    'Look at it from another terminal, with pcr and the AWS CLI:',
    '',
    ...Object.entries({ ...localAccess, ...endpoints, ...controlPlane }).map(
      ([name, value]) => `  export ${name}=${value}`,
    ),
    '',
    '  npx pcr doctor',
    '  npx pcr opportunities list',
    '  npx pcr invitations list --status PENDING',
    '  npx pcr deliveries list --endpoint ep_local',
    '  npx pcr parked list',
    '',
    '  # every opportunity, last modified first',
    `  aws dynamodb query --table-name ${records} --index-name byModification --no-scan-index-forward \\`,
    `    --key-condition-expression 'catalogKind = :k' --expression-attribute-values '{":k":{"S":"AWS/opportunity"}}'`,
    '  # pending invitations, next to expire first',
    `  aws dynamodb execute-statement --statement \\`,
    `    "SELECT id, title, dueOn FROM \\"${records}\\".\\"byStatus\\" WHERE catalogKindStatus = 'AWS/engagement-invitation/PENDING'"`,
    '  # deliveries with their attempts',
    `  aws dynamodb scan --table-name ${webhooks}`,
    '  # what was parked, and why',
    `  aws sqs receive-message --queue-url ${parked} --max-number-of-messages 10 --message-attribute-names All`,
  ];
}

export const timeScaleLine = `Time runs ${Math.round(1 / timeScale)} times faster here: retry delays, back-off and schedules. A deployment has no such setting.`;
