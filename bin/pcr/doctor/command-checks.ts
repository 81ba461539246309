import { dynamodbLineSignals } from '../../../lambdas/adapters/dynamodb-line-signals.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import { counted } from '../output.ts';
import { commandSwitchOf } from '../sent-commands/command-deps.ts';
import type { Check, Finding } from './finding.ts';

/** Later than every due time. */
const farFuture: Instant = '9999-12-31T00:00:00.000Z';
/** More lines are not counted. */
const mostCounted = 100;

const stateFindings = {
  running: { level: 'ok', found: 'Commands are carried out.' },
  paused: {
    level: 'warning',
    found: 'Commands are paused: none is carried out.',
    advice: 'When the cause is gone: `pcr commands resume`.',
  },
  restored: {
    level: 'warning',
    found:
      'Commands are paused, because the Records table is not the one that they were last carried out with.',
    advice: 'Bring the records up to date: `pcr backfill`. Then `pcr commands resume`.',
  },
} as const satisfies Readonly<Record<string, Omit<Finding, 'check'>>>;

export const commandsWork: Check = {
  name: 'commands',
  async run({ relay }) {
    if (relay.outputs.has('CommandsUrl')) return [stateFindings[await commandSwitchOf(relay).state()]];
    const store = dynamodbLineSignals(relay.clients.dynamodb, relay.output('WebhooksTableName'));
    const lines = await store.dueLines(farFuture, mostCounted);
    if (lines.length === 0) return [{ level: 'ok', found: 'The stack takes no commands, and none waits.' }];
    const number =
      lines.length === mostCounted ? `${mostCounted} records or more` : counted(lines.length, 'record');
    return [
      {
        level: 'warning',
        found: `The stack takes no commands, but commands for ${number} wait.`,
        advice: 'Deploy with `relay:commands` as before, so that they are carried out, cancelled or expire.',
      },
    ];
  },
};
