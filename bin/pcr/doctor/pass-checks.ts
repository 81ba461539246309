import { epochMsOf, instantOf, parseInstant } from '../../../lambdas/core/instant.ts';
import { type PassFailure, passNamesWith } from '../../../lambdas/core/pass.ts';
import { dayMs } from '../../../lambdas/quota/ledger.ts';
import { cdkCommand } from '../cdk-command.ts';
import { spanText } from '../output.ts';
import { lastEvent } from '../stores/last-event.ts';
import { type PassRow, passPath, passRows } from '../stores/pass-rows.ts';
import type { Check, CheckContext, Finding } from './finding.ts';

type Found = Omit<Finding, 'check'>;

/** `reconcile` runs every minute. If a pass is due for longer, the function is not invoked. */
const latestMs = 15 * 60_000;

/** From rows of `reconcile`: what Partner Central answers to its role, not to the operator's. */
export const lastPasses: Check = {
  name: 'passes',
  async run({ relay, settings, io }) {
    const rows = await passRows(relay.clients.dynamodb, relay.output('ControlTableName'));
    const { catalogs, ...passes } = await settings();
    const nowMs = io.clock.nowMs();
    return catalogs.flatMap((catalog): readonly Found[] => {
      const ofCatalog = passNamesWith(passes).map((name) => {
        const path = passPath({ catalog, name });
        return { name, path, row: rows.get(path) };
      });
      const problems = ofCatalog.flatMap(({ path, row }) => passProblem(path, row, nowMs, relay.stackName));
      if (problems.length > 0) return problems;
      const ages = ofCatalog.map(({ name, row }) => `${name} ${ageText(row?.finishedAt, nowMs)}`);
      return [{ level: 'ok', found: `Catalog ${catalog}, last complete passes: ${ages.join(', ')}.` }];
    });
  },
};

function passProblem(
  path: string,
  row: PassRow | undefined,
  nowMs: number,
  stackName: string,
): readonly Found[] {
  if (!row)
    return [
      {
        level: 'warning',
        found: `The pass ${path} has never run.`,
        advice: 'Start it: `pcr reconcile`. It runs every minute if its schedule is enabled.',
      },
    ];
  const { failedAt, failure, finishedAt, dueAt } = row;
  if (failedAt !== undefined) {
    const last =
      finishedAt === undefined ? 'It never ended.' : `The last complete one ended at ${finishedAt}.`;
    return [
      {
        level: 'problem',
        found: `The pass ${path} failed at ${failedAt}: ${failureText(failure)}. ${last}`,
        advice: adviceFor(failure, stackName),
      },
    ];
  }
  const due = parseInstant(dueAt);
  if (due === undefined || nowMs - epochMsOf(due) < latestMs) return [];
  return [
    {
      level: 'problem',
      found: `The pass ${path} is due since ${due}, and \`reconcile\` does not run it.`,
      advice: 'See why it fails: `pcr reconcile`.',
    },
  ];
}

function failureText(failure: PassFailure | undefined): string {
  return failure ? `${failure.code} ${failure.reason}` : 'the reason is in the log of reconcile';
}

function adviceFor(failure: PassFailure | undefined, stackName: string): string {
  const again = 'Then try again: `pcr reconcile`.';
  if (failure?.code !== 'partner-central.access-denied')
    return `Update this checkout and deploy it, because AWS refuses its requests: \`${cdkCommand('deploy', stackName)}\`. ${again}`;
  return failure.reason.includes('awsReason')
    ? `AWS refuses the state of this partner, not its permissions: look into Partner Central, or ask AWS's support. ${again}`
    : `Make sure that this account is linked to Partner Central, and that the role was not changed: \`${cdkCommand('deploy --revert-drift', stackName)}\`. ${again}`;
}

function ageText(finishedAt: string | undefined, nowMs: number): string {
  const ended = parseInstant(finishedAt);
  return ended === undefined ? 'not yet' : `${spanText(nowMs - epochMsOf(ended))} ago`;
}

/** As long as `events` looks back into the metrics of AWS. */
const silentMs = 7 * dayMs;

/** From the row of the `hydrate` functions: an event arrived, and was taken from its queue. */
export const lastEventSeen: Check = {
  name: 'last event',
  async run({ relay, io }: CheckContext) {
    const at = await lastEvent(relay.clients.dynamodb, relay.output('ControlTableName'));
    if (at === undefined)
      return [
        {
          level: 'warning',
          found: 'No function has seen any event yet; `reconcile` finds the changes.',
          advice:
            'Enable event notifications in Partner Central. If the check `events` counts events, see `pcr parked list`.',
        },
      ];
    const silentFor = io.clock.nowMs() - epochMsOf(at);
    const found = `The functions saw the last event in the hour from ${instantOf(epochMsOf(at))}.`;
    if (silentFor < silentMs) return [{ level: 'ok', found }];
    return [
      {
        level: 'warning',
        found,
        advice:
          'Make sure that event notifications are enabled in Partner Central. See whether events are parked: `pcr parked list`.',
      },
    ];
  },
};
