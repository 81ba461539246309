import { parseCommandRequest, shapeProblem } from '../core/command-request.ts';
import { keyField } from '../core/command-schema.ts';
import { describeValue } from '../core/describe-value.ts';
import type { Instant } from '../core/instant.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { parseValue } from '../core/value-schema.ts';
import type { RecordState } from '../core/version.ts';
import type { Caller } from './caller.ts';
import type { CommandCheck } from './check-command.ts';
import { expandRequest, type RequestedCommand } from './expand-request.ts';
import { type Asked, findRepeated } from './find-repeated.ts';
import { refuseDisabled } from './permit-command.ts';
import { type PlanDeps, planCommand } from './plan-command.ts';
import { insideOf, type Refused, refuse, refuseMember, refuseMembers, refuseWhole } from './refusal.ts';
import { type PlannedCommand, type StoreCommandDeps, storeCommands } from './store-command.ts';

export interface AcceptDeps extends PlanDeps, StoreCommandDeps {
  readonly records: PlanDeps['records'] & StoreCommandDeps['records'];
  readonly commands: PlanDeps['commands'] & StoreCommandDeps['commands'];
}

export type Acceptance =
  /**
   * `repeated`: this request was accepted before, and nothing was done. `followers` are the
   * commands after the first one.
   */
  | {
      readonly kind: 'accepted' | 'repeated';
      readonly command: RecordState;
      readonly followers: readonly RecordState[];
    }
  /** The client only asked what the commands would do. */
  | { readonly kind: 'checked'; readonly check: CommandCheck; readonly followers: readonly CommandCheck[] }
  /** Nothing was stored. */
  | Refused;

/**
 * Accepts a request: the one way in, for every door. All of its commands are accepted, or none.
 * @param caller the client that the door has recognized
 * @param key the idempotency key; a check needs none
 * @param given the body of the request
 * @throws ServiceError `store.unavailable`, `store.contended` (later): it may be accepted already,
 *   and a repetition with the same key says so.
 */
export async function accept(
  caller: Caller,
  key: string | undefined,
  given: Json | undefined,
  now: Instant,
  deps: AcceptDeps,
): Promise<Acceptance> {
  const disabled = refuseDisabled(caller);
  if (disabled) return disabled;
  const misshapen = shapeProblem(given);
  if (misshapen) return refuseWhole(misshapen.isTooLarge ? 'too-large' : 'invalid', misshapen.message);
  if (!isJsonObject(given)) throw new TypeError('a request that is no object');
  const { check, ...body } = given;
  // A check whose value is wrong must not be accepted as a command.
  if (check !== undefined && typeof check !== 'boolean')
    return refuseMember('invalid', '/check', `${describeValue(check)}; allowed: true or false`);
  if (check === true) return checkOnly(caller, body, now, deps);
  const read = readKey(key);
  if ('kind' in read) return read;
  const asked = { client: caller.name, key: read.key, body };
  // Before everything that time or a setting can change: a repetition has the same answer.
  const repeated = await findRepeated(asked, deps);
  if (repeated) return repeated;
  const accepted = await acceptNew(caller, asked, now, deps);
  if (accepted.kind !== 'refused') return accepted;
  // The same request can have been accepted meanwhile, which then reserves its identifier and keys.
  return (await findRepeated(asked, deps)) ?? accepted;
}

async function acceptNew(caller: Caller, asked: Asked, now: Instant, deps: AcceptDeps): Promise<Acceptance> {
  const planned = await planAll(caller, asked.key, asked.body, now, deps);
  if (planned.kind === 'refused') return planned;
  const problems = planned.plans.flatMap(({ plan, path }) =>
    plan.check.problems.map((problem) => ({ ...problem, path: `${path}${problem.path}` })),
  );
  if (problems.length > 0) return refuseMembers(problems);
  return storeCommands(asked, planned.plans, now, deps);
}

function readKey(key: string | undefined): { readonly key: string } | Refused {
  const parsed = parseValue(keyField, key);
  if ('value' in parsed) return { key: parsed.value };
  return refuse('invalid-key', `the key is ${describeValue(key)}; allowed: ${parsed.allowed}`);
}

async function checkOnly(
  caller: Caller,
  body: JsonObject,
  now: Instant,
  deps: AcceptDeps,
): Promise<Acceptance> {
  const planned = await planAll(caller, keyOfCheck, body, now, deps);
  if (planned.kind === 'refused') return planned;
  const [first, ...others] = planned.plans;
  return {
    kind: 'checked',
    check: first.plan.check,
    followers: others.map(({ plan }) => plan.check),
  };
}

/** A check has no key. */
const keyOfCheck = 'check';

type Planned = { readonly kind: 'planned'; readonly plans: readonly [PlannedCommand, ...PlannedCommand[]] };

/**
 * Plans the commands of a request, each on what those before it do.
 * @param body without `check`
 */
async function planAll(
  caller: Caller,
  key: string,
  body: JsonObject,
  now: Instant,
  deps: AcceptDeps,
): Promise<Planned | Refused> {
  const expanded = expandRequest(key, body);
  if ('problems' in expanded) return refuseMembers(expanded.problems);
  const plans: PlannedCommand[] = [];
  for (const asked of expanded.commands) {
    const planned = await planAsked(caller, asked, plans, now, deps);
    if ('kind' in planned) return insideOf(asked.path, planned);
    plans.push(planned);
  }
  const [first, ...others] = plans;
  if (!first) throw new TypeError('a request of no command');
  return { kind: 'planned', plans: [first, ...others] };
}

async function planAsked(
  caller: Caller,
  { key, body, path }: RequestedCommand,
  before: readonly PlannedCommand[],
  now: Instant,
  deps: AcceptDeps,
): Promise<PlannedCommand | Refused> {
  // The derived key of a follower can be too long.
  const read = readKey(key);
  if ('kind' in read) return read;
  const parsed = parseCommandRequest(body, now);
  if ('problems' in parsed) return refuseMembers(parsed.problems);
  const earlier = before.map(({ plan }) => plan);
  const plan = await planCommand(caller, key, parsed.request, earlier, now, deps);
  return plan.kind === 'refused' ? plan : { key, body, path, plan };
}
