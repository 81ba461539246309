import type { IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { RelayConfig } from '../../config.ts';
import type { Commands } from '../commands.ts';
import type { SignedDoor } from '../signed-door.ts';
import { counterMetric, failedRequests, gaugeMetric } from './metrics.ts';
import { quotaWarningShare } from './notice-alarms.ts';
import { workAgeLimit } from './urgent-alarms.ts';
import { graphWidget, logTableWidget, sectionHeading } from './widgets.ts';

/** What clients ask for, how their commands end, and the writes that are left. */
export function buildCommandRows(
  { act, commands, api, door }: Commands,
  { writesPerDay }: Pick<RelayConfig, 'writesPerDay'>,
): IWidget[][] {
  return [
    sectionHeading('What do clients change?', 'Commands are records: docs/commands.md says how they end.'),
    [
      graphWidget(
        'Commands, by end',
        [
          counterMetric(commands, 'CommandsAccepted', 'accepted'),
          counterMetric(commands, 'CommandsRefused', 'refused at once'),
          failedRequests(api, 'requests answered with 500'),
          counterMetric(act, 'CommandsSucceeded', 'succeeded'),
          counterMetric(act, 'CommandsFailed', 'failed'),
          counterMetric(act, 'CommandsExpired', 'expired'),
          counterMetric(act, 'CommandsCancelled', 'cancelled'),
        ],
        {},
      ),
      graphWidget(
        'Age of the oldest command that is late',
        [gaugeMetric(act, 'CommandAge', 'Maximum', 'seconds')],
        {
          unit: 'seconds',
          thresholds: [{ value: workAgeLimit.toSeconds(), label: 'CommandTooOld' }],
        },
      ),
      graphWidget(
        'Writes to Partner Central in 24 hours, from half of the limit on',
        [gaugeMetric(act, 'WritesUsedOfDay', 'Maximum', 'writes')],
        {
          thresholds: [
            { value: writesPerDay, label: 'relay:writesPerDay' },
            { value: quotaWarningShare * writesPerDay, label: 'WritesNearlyUsed' },
          ],
        },
      ),
    ],
    [
      graphWidget('Commands that wait, and writes that AWS refuses', [
        counterMetric(act, 'CommandsWaiting', 'waiting for a review'),
        counterMetric(act, 'CommandsDenied', 'denied'),
        counterMetric(act, 'WritesThrottled', 'writes throttled'),
        counterMetric(act, 'CommandsHalfDone', 'half done'),
        counterMetric(act, 'ReviewStatusRegressed', 'review status regressed'),
      ]),
      logTableWidget(
        'Commands, by action and end',
        [act.logGroup],
        "filter message = 'command.ended'",
        'stats count(*) as commands by action, status, code',
        'sort commands desc',
      ),
      logTableWidget(
        'Requests of clients, by caller and answer',
        [api.logGroup],
        'stats count(*) as requests by caller, route, status',
        'sort requests desc',
      ),
    ],
    ...(door ? [buildDoorRow(door)] : []),
  ];
}

function buildDoorRow({ door, api }: SignedDoor): IWidget[] {
  return [
    graphWidget('Requests that the signed door refuses', [
      counterMetric(door, 'RequestsUnauthorized', 'not signed by a client'),
      counterMetric(door, 'RequestsThrottled', 'more than the rate of the client'),
    ]),
    logTableWidget(
      'Requests at the signed door, by address and answer',
      [api.logGroup],
      'stats count(*) as requests by caller, route, status',
      'sort requests desc',
    ),
  ];
}
