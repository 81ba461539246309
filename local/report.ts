import { type LocalStage, timeScale } from './local-stage.ts';
import type { Check, Result } from './result.ts';
import type { ObservedRun } from './run.ts';

/** The result for people: what was counted, what was measured, which checks held. */
export function resultLines(
  result: Result,
  measured: ObservedRun['measured'],
  checks: readonly Check[],
): string[] {
  const counted: (readonly [string, string])[] = [
    ['events put on the bus', String(result.events)],
    ['reads of Partner Central', String(result.reads)],
    ['versions stored', String(result.versions)],
    [
      'messages received',
      `${result.messages} (${result.verified} requests with a valid signature, ${result.duplicateDeliveries} of them repeats)`,
    ],
    ['deliveries finished', String(result.delivered)],
    ['events parked, with a reason', String(result.parked)],
    ['records and versions lost', String(result.lost)],
    ['records out of date', String(result.stale)],
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

/** The SDK needs these besides the endpoints. The engines accept any key. */
const localAccess = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'us-east-1' };

/** Commands to paste into another terminal while the stage is up. */
export function lookAroundLines(local: LocalStage): string[] {
  const { endpoints, controlPlane, queues } = local.stage;
  const { records, webhooks } = local.tables;
  const kept = queues.get('Quarantine/Kept').url;
  return [
    '',
    'Look around from another terminal, with pcr and the AWS CLI:',
    '',
    ...Object.entries({ ...localAccess, ...endpoints, ...controlPlane }).map(
      ([name, value]) => `  export ${name}=${value}`,
    ),
    '',
    '  pcr doctor',
    '  pcr opportunities list',
    '  pcr invitations list --status PENDING',
    '  pcr deliveries list --endpoint ep_local',
    '  pcr parked list',
    '',
    '  # all opportunities, last modified first',
    `  aws dynamodb query --table-name ${records} --index-name recordsByModification --no-scan-index-forward \\`,
    `    --key-condition-expression 'catalogKind = :k' --expression-attribute-values '{":k":{"S":"AWS/opportunity"}}'`,
    '  # pending invitations, the next to expire first',
    `  aws dynamodb execute-statement --statement \\`,
    `    "SELECT pk, summary.title, dueKey FROM \\"${records}\\".\\"recordsByStatus\\" WHERE catalogKindStatus = 'AWS/engagement-invitation/PENDING'"`,
    '  # deliveries with their attempts',
    `  aws dynamodb scan --table-name ${webhooks}`,
    '  # kept events of unknown types, and the reasons',
    `  aws sqs receive-message --queue-url ${kept} --max-number-of-messages 10 --message-attribute-names All`,
  ];
}

export const timeScaleLine = `Retry delays, back-off and schedules run ${Math.round(1 / timeScale)} times faster here than in a deployment.`;
