import type { CommandRequest } from '../core/command.ts';
import { baseValues } from '../core/command-actions.ts';
import { commandIdOf, commandKeyOf } from '../core/command-state.ts';
import { targetKindOf } from '../core/command-target.ts';
import { describeValue } from '../core/describe-value.ts';
import type { EnabledAction } from '../core/enabled-actions.ts';
import type { Instant } from '../core/instant.ts';
import type { PatchValue } from '../core/merge-patch.ts';
import type { RecordState } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { type CommandCheck, checkCommand } from './check-command.ts';
import { type FindTargetDeps, findTarget } from './find-target.ts';
import { type Refused, refuse, refuseMember } from './refusal.ts';

export interface PlanDeps extends FindTargetDeps {
  readonly records: Pick<RecordStore, 'current' | 'version'>;
  /** What clients may ask for. */
  readonly enabled: readonly EnabledAction[];
}

/** A request with everything that its acceptance needs. */
export interface Plan {
  readonly kind: 'planned';
  readonly request: CommandRequest;
  readonly target: RecordState;
  /** Number of the version that the client saw. */
  readonly basedOn: number;
  /** The values of the wanted paths in that version. */
  readonly base: readonly PatchValue[];
  /** The id of the record of the command that must succeed before. */
  readonly after: string | undefined;
  readonly check: CommandCheck;
}

/** Finds what a request is about, and whether it can be accepted. Writes nothing. */
export async function planCommand(
  client: string,
  request: CommandRequest,
  now: Instant,
  deps: PlanDeps,
): Promise<Plan | Refused> {
  const { catalog, content } = request;
  const disabled = refuseDisabled(request, deps);
  if (disabled) return disabled;
  const kind = targetKindOf(content.action);
  const found = await findTarget({ catalog, kind, target: request.target }, deps);
  if (found.kind === 'refused') return found;
  const { target } = found;
  const seen = await findSeenVersion(request, target, deps);
  if (seen === undefined) {
    const message = `${request.basedOn}; allowed: the number of a stored version, from 1 to ${target.version}`;
    return refuseMember('invalid', '/basedOn', message);
  }
  const after = request.after === undefined ? undefined : commandIdOf(client, request.after);
  if (after !== undefined && !(await deps.records.current(commandKeyOf({ catalog }, after)))) {
    const message = `${describeValue(request.after)}; allowed: the key of an earlier command of this client in the catalog ${catalog}`;
    return refuseMember('invalid', '/after', message);
  }
  const base = baseValues(request.content, seen.payload);
  return {
    kind: 'planned',
    request,
    target,
    basedOn: seen.version,
    base,
    after,
    check: checkCommand(request, target, now),
  };
}

function refuseDisabled({ catalog, content }: CommandRequest, { enabled }: PlanDeps): Refused | undefined {
  const wanted = `${catalog}:${content.action}`;
  if (enabled.some((each) => each === wanted)) return undefined;
  const allowed = enabled.length > 0 ? enabled.join(', ') : 'nothing';
  return refuse(
    'not-enabled',
    `${wanted} is not enabled; allowed: ${allowed}. The setting relay:commands enables actions.`,
  );
}

async function findSeenVersion(
  { basedOn }: CommandRequest,
  target: RecordState,
  { records }: PlanDeps,
): Promise<RecordState | undefined> {
  if (basedOn === undefined || basedOn === target.version) return target;
  const { catalog, kind, id } = target;
  return records.version({ catalog, kind, id, version: basedOn });
}
