import { timeScale } from './local-stage.ts';
import type { Check, Result } from './result.ts';
import type { ObservedRun } from './run.ts';
import type { Screen } from './screen.ts';

/** The result for people: what was counted, what was measured, which checks held. */
export function resultLines(
  result: Result,
  measured: ObservedRun['measured'],
  checks: readonly Check[],
  paint: Screen['paint'],
): string[] {
  const counted: (readonly [string, string])[] = [
    ['events put on the bus', String(result.events)],
    ['reads of Partner Central', String(result.reads)],
    ['versions stored', String(result.versions)],
    [
      'messages received',
      `${result.messages} in ${result.verified} verified requests, ${result.duplicateDeliveries} repeats`,
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
      `  ${holds ? paint('green', '✓') : paint('red', '✗')} ${name}`,
      ...found.map((each) => `      ${each}`),
    ]),
  ];
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}   ${value}`);
}

/**
 * Commands to paste into another terminal while the stage is up.
 * @param doorUrl of the signed door
 */
export function lookAroundLines(checkout: string, doorUrl: string): string[] {
  return [
    `  alias pcr="${checkout}/bin/pcr.js"`,
    '  pcr doctor',
    '  pcr opportunities list',
    '  pcr trigger opportunity.stage_changed',
    '  pcr deliveries list --endpoint ep_local',
    '  pcr listen 3000',
    '  eval "$(npm start -s -- --env)"    # in this folder: for the AWS CLI',
    `  RELAY_URL=${doorUrl}    # the signed door, for examples/crm`,
  ];
}

export const timeScaleLine = `Retry delays and schedules run ${Math.round(1 / timeScale)} times faster than in a deployment.`;
