import type { CommandState } from './command-state.ts';
import { commandVersion } from './command-version.ts';
import type { Instant } from './instant.ts';
import type { Topic } from './message-type.ts';
import type { RecordKey } from './record.ts';
import { daysAfter, relatedIds } from './sample-parts.ts';
import type { Version } from './version.ts';

type CommandTopic = Extract<Topic, `command.${string}`>;

type Outcome = Pick<CommandState, 'status' | 'reason' | 'evidence' | 'code' | 'conflicts'>;

/** What became of a command, by the type of its message. */
const outcomes: Readonly<Record<CommandTopic, Outcome>> = {
  'command.accepted': { status: 'accepted' },
  'command.waiting': { status: 'waiting', reason: 'lock' },
  'command.succeeded': { status: 'succeeded', evidence: 'answer' },
  'command.failed': { status: 'failed', code: 'conflict', conflicts: ['/LifeCycle/Stage'] },
  'command.expired': { status: 'expired' },
  'command.cancelled': { status: 'cancelled' },
};

/** How many days a command is open, unless it has a shorter time. */
const openDays = 7;

export function isCommandTopic(topic: Topic): topic is CommandTopic {
  return Object.hasOwn(outcomes, topic);
}

/** Makes a version of a command that changes the stage of an opportunity. */
export function commandSample(topic: CommandTopic, key: RecordKey, madeAt: Instant): Version {
  if (topic === 'command.accepted') return commandVersion(undefined, key, accepted(madeAt), madeAt);
  const acceptedAt = daysAfter(madeAt, topic === 'command.expired' ? -openDays : -1);
  const first = accepted(acceptedAt);
  const endedAt = topic === 'command.waiting' ? {} : { endedAt: madeAt };
  const next = { ...first, ...outcomes[topic], ...endedAt };
  return commandVersion(commandVersion(undefined, key, first, acceptedAt), key, next, madeAt);
}

function accepted(acceptedAt: Instant): CommandState {
  return {
    key: 'deal-4711-qualified',
    client: 'arn:aws:iam::111122223333:role/crm',
    action: 'opportunity.update',
    target: { kind: 'opportunity', id: relatedIds.opportunity },
    number: 1,
    paths: ['/LifeCycle/Stage'],
    basedOn: 12,
    onConflict: 'fail',
    onLocked: 'wait',
    acceptedAt,
    expiresAt: daysAfter(acceptedAt, openDays),
    ...outcomes['command.accepted'],
  };
}
