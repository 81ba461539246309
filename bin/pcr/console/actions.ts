import * as v from 'valibot';
import { describeValue } from '../../../lambdas/core/describe-value.ts';
import { at, type Json } from '../../../lambdas/core/json.ts';
import type { Topic } from '../../../lambdas/core/message-type.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { shellLine } from '../shell-line.ts';
import { askStage, controlStage } from '../stores/stage-door.ts';
import type { ActionRequest, ActionResult } from './api.ts';
import { runAction } from './run-action.ts';

/**
 * Does what the page requests. Nothing is asked: the page has asked already.
 * @throws UsageError if a value is refused; CommandError if the action fails
 */
export type Action = { readonly act: (io: Io) => Promise<ActionResult> };

const text = v.pipe(
  v.string('a text'),
  v.check((value) => value.length > 0 && value.length <= 500, 'a text of 1 to 500 characters'),
);
const seconds = v.pipe(
  v.number('a number'),
  v.check(
    (value) => Number.isInteger(value) && value >= 1 && value <= 600,
    'a whole number of seconds from 1 to 600',
  ),
);

/** The members of a request, besides the name of the action. */
function request<const Name extends ActionRequest['action'], Members extends v.ObjectEntries>(
  name: Name,
  members: Members,
) {
  return v.strictObject({ action: v.literal(name), ...members });
}

/** @param operands come last: none is read as an option */
function pcr(args: readonly string[], ...operands: readonly string[]): Action {
  return { act: (io) => runAction(args, operands, io) };
}

const withId = { id: text };
const ofParked = { queue: text, id: text };

const schema = v.variant('action', [
  v.pipe(
    request('endpoint.test', withId),
    v.transform(({ id }) => pcr(['endpoints', 'test'], id)),
  ),
  v.pipe(
    request('endpoint.pause', { id: text, reason: text }),
    v.transform(({ id, reason }) => pcr(['endpoints', 'disable', `--reason=${reason}`], id)),
  ),
  v.pipe(
    request('endpoint.enable', withId),
    v.transform(({ id }) => pcr(['endpoints', 'enable'], id)),
  ),
  v.pipe(
    request('endpoint.replay', { id: text, since: text }),
    v.transform(({ id, since }) => pcr(['replay', `--endpoint=${id}`, `--since=${since}`, '--yes'])),
  ),
  v.pipe(
    request('delivery.retry', withId),
    v.transform(({ id }) => pcr(['deliveries', 'retry', '--yes'], id)),
  ),
  v.pipe(
    request('parked.redrive', ofParked),
    v.transform(({ queue, id }) => pcr(['parked', 'redrive', `--queue=${queue}`, '--yes'], id)),
  ),
  v.pipe(
    request('parked.drop', ofParked),
    v.transform(({ queue, id }) => pcr(['parked', 'drop', `--queue=${queue}`, '--yes'], id)),
  ),
  v.pipe(
    request('command.approve', withId),
    v.transform(({ id }) => pcr(['commands', 'approve', '--yes'], id)),
  ),
  v.pipe(
    request('command.cancel', withId),
    v.transform(({ id }) => pcr(['commands', 'cancel'], id)),
  ),
  v.pipe(
    request('stage.change-deal', withId),
    v.transform(({ id }) => trigger('opportunity.stage_changed', id)),
  ),
  v.pipe(
    request('stage.new-invitation', {}),
    v.transform(() => trigger('engagement_invitation.created')),
  ),
  v.pipe(
    request('stage.throttle', { seconds }),
    v.transform((given) => fault('/throttle', given.seconds, 'Partner Central throttles every call')),
  ),
  v.pipe(
    request('stage.receiver-down', { seconds }),
    v.transform((given) => fault('/receiver-down', given.seconds, 'The receiver of the stage answers 503')),
  ),
]);

/** @throws UsageError that names the member, its value and what is allowed */
export function parseAction(given: Json): Action {
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return parsed.output;
  const [{ path = [], expected, message, type }] = parsed.issues;
  const [field = 'request'] = path.map(({ key }) => String(key));
  if (type === 'strict_object' && path.length > 0)
    throw new UsageError(
      `${field}: ${at(given, field) === undefined ? 'missing' : 'unknown'}; allowed: the members of this action`,
    );
  // The library's own messages repeat the value.
  const allowed = message.startsWith('Invalid ') ? listOf(expected ?? 'nothing') : message;
  const value = path.length === 0 ? given : at(given, field);
  throw new UsageError(`${field} ${describeValue(value)}: refused; allowed: ${allowed}`);
}

/** `("a" | "b")` becomes `a, b`. */
function listOf(expected: string): string {
  return expected.replaceAll(/[()"]/g, '').replaceAll(' | ', ', ');
}

/** Unlike `pcr trigger` it does not wait for the message: the page shows it when it comes. */
function trigger(topic: Topic, id?: string): Action {
  const act = async (io: Io): Promise<ActionResult> => {
    const changed = await askStage(await doorOf(io), { topic, id });
    const command = shellLine('pcr', 'trigger', topic, ...(id === undefined ? [] : ['--id', id]));
    return { command, notes: [`Changed ${changed.kind} ${changed.id}.`] };
  };
  return { act };
}

function fault(path: '/throttle' | '/receiver-down', forSeconds: number, what: string): Action {
  const act = async (io: Io): Promise<ActionResult> => {
    await controlStage(await doorOf(io), path, { seconds: forSeconds });
    return { notes: [`${what} for ${forSeconds} s.`] };
  };
  return { act };
}

async function doorOf(io: Io) {
  const { stageDoor } = await io.relay();
  if (stageDoor) return stageDoor;
  throw new UsageError('action: the records of this stack are real; allowed: on the local stage only');
}
