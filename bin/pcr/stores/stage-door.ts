import * as v from 'valibot';
import type { Json } from '../../../lambdas/core/json.ts';
import { parseJson, stringifyJson } from '../../../lambdas/core/json-text.ts';
import type { Topic } from '../../../lambdas/core/message-type.ts';
import { recordKinds } from '../../../lambdas/core/record.ts';
import { CommandError, UsageError } from '../errors.ts';
import type { LocalStage } from './stage-files.ts';

const triggered = v.object({
  catalog: v.string(),
  kind: v.picklist(recordKinds),
  id: v.string(),
  /** Ids of the events that the simulated partner put on the bus. */
  eventIds: v.array(v.string()),
  /** Time before the change. */
  since: v.string(),
});

/** What a trigger changed on the local stage. */
export type Triggered = v.InferOutput<typeof triggered>;

/**
 * Has the local stage change a record.
 * @throws UsageError with the stage's own words; CommandError if the stage has ended
 */
export async function askStage(
  door: LocalStage['door'],
  request: { readonly topic: Topic; readonly id?: string | undefined },
): Promise<Triggered> {
  return v.parse(triggered, await controlStage(door, '/trigger', request));
}

/**
 * Sends a request of `local/control-door.ts`.
 * @throws UsageError with the stage's own words; CommandError if the stage has ended
 */
export async function controlStage(
  { url, token }: LocalStage['door'],
  path: '/trigger' | '/throttle' | '/receiver-down',
  request: object,
): Promise<Json> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: stringifyJson(request),
  }).catch(() => undefined);
  if (!answer) throw new CommandError('The local stage has ended: start it with npm start.');
  const body = parseJson(await answer.text());
  if (answer.ok) return body;
  throw new UsageError(v.parse(v.object({ message: v.string() }), body).message);
}
