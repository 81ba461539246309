import { parseCommandRequest, shapeProblem } from '../core/command-request.ts';
import { keyField } from '../core/command-schema.ts';
import { describeValue } from '../core/describe-value.ts';
import type { Instant } from '../core/instant.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { parseValue } from '../core/value-schema.ts';
import type { RecordState } from '../core/version.ts';
import type { CommandCheck } from './check-command.ts';
import { findRepeated } from './find-repeated.ts';
import { type PlanDeps, planCommand } from './plan-command.ts';
import { type Refused, refuse, refuseMembers } from './refusal.ts';
import { type StoreCommandDeps, storeCommand } from './store-command.ts';

export interface AcceptDeps extends PlanDeps, StoreCommandDeps {
  readonly records: PlanDeps['records'] & StoreCommandDeps['records'];
}

export type Acceptance =
  /** `repeated`: this request was accepted before, and nothing was done. */
  | { readonly kind: 'accepted' | 'repeated'; readonly command: RecordState }
  /** The client only asked what the command would do. */
  | { readonly kind: 'checked'; readonly check: CommandCheck }
  /** Nothing was stored. */
  | Refused;

/**
 * Accepts a command: the one way in, for every door.
 * @param client the caller, as `clientOf` names it
 * @param key the idempotency key; a check needs none
 * @param given the body of the request
 * @throws ServiceError `store.unavailable`, `store.contended` (later): it may be accepted already,
 *   and a repetition with the same key says so.
 */
export async function accept(
  client: string,
  key: string | undefined,
  given: Json | undefined,
  now: Instant,
  deps: AcceptDeps,
): Promise<Acceptance> {
  const misshapen = shapeProblem(given);
  if (misshapen) return refuse(misshapen.isTooLarge ? 'too-large' : 'invalid', misshapen.message);
  if (!isJsonObject(given)) throw new TypeError('a request that is no object');
  const { check, ...body } = given;
  if (check === true) return checkOnly(client, given, now, deps);
  const parsedKey = parseValue(keyField, key);
  if ('allowed' in parsedKey)
    return refuse('invalid-key', `the key is ${describeValue(key)}; allowed: ${parsedKey.allowed}`);
  // Before everything that time or a setting can change: a repetition has the same answer.
  const repeated = await findRepeated({ client, key: parsedKey.value, body }, deps);
  if (repeated) return repeated;
  const parsed = parseCommandRequest(given, now);
  if ('problems' in parsed) return refuseMembers(parsed.problems);
  const plan = await planCommand(client, parsed.request, now, deps);
  if (plan.kind === 'refused') return plan;
  if (plan.check.problems.length > 0) return refuseMembers(plan.check.problems);
  return storeCommand({ client, key: parsedKey.value, body }, plan, now, deps);
}

async function checkOnly(
  client: string,
  given: JsonObject,
  now: Instant,
  deps: AcceptDeps,
): Promise<Acceptance> {
  const parsed = parseCommandRequest(given, now);
  if ('problems' in parsed) return refuseMembers(parsed.problems);
  const plan = await planCommand(client, parsed.request, now, deps);
  return plan.kind === 'refused' ? plan : { kind: 'checked', check: plan.check };
}
