import type { CommandRequest } from '../core/command.ts';
import { baseValues } from '../core/command-actions.ts';
import { commandIdOf, commandKeyOf } from '../core/command-state.ts';
import { targetKindOf } from '../core/command-target.ts';
import { describeValue } from '../core/describe-value.ts';
import { draftOf } from '../core/draft-opportunity.ts';
import type { EnabledAction } from '../core/enabled-actions.ts';
import type { Instant } from '../core/instant.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import { createLine, type LineKey } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import type { RecordStore } from '../ports/record-store.ts';
import type { Caller } from './caller.ts';
import { checkCommand } from './check-command.ts';
import { type FindCreatedDeps, findCreated } from './find-created.ts';
import { type FindTargetDeps, findTarget } from './find-target.ts';
import { permitCommand } from './permit-command.ts';
import type { Plan } from './plan.ts';
import type { PlanTarget } from './plan-target.ts';
import { type Refused, refuse, refuseMember, refusePartnerId } from './refusal.ts';

export interface PlanDeps extends FindTargetDeps, FindCreatedDeps {
  readonly records: Pick<RecordStore, 'current' | 'version'>;
  /** What clients may ask for. */
  readonly enabled: readonly EnabledAction[];
}

/**
 * Finds what a command is about, and whether it can be accepted. Writes nothing.
 * @param planned the commands before it in the same request
 */
export async function planCommand(
  caller: Caller,
  key: string,
  request: CommandRequest,
  planned: readonly Plan[],
  now: Instant,
  deps: PlanDeps,
): Promise<Plan | Refused> {
  const forbidden = refuseNotEnabled(request, deps) ?? permitCommand(caller, request);
  if (forbidden) return forbidden;
  const found = await findPlanTarget(caller, key, request, planned, deps);
  if (found.kind === 'refused') return found;
  const { target } = found;
  const seen = await findSeen(request, target, deps);
  if ('kind' in seen) return seen;
  const after = request.after === undefined ? undefined : commandIdOf(caller.name, request.after);
  if (after !== undefined && !(await findPredecessor(after, request, planned, deps))) {
    const message = `${describeValue(request.after)}; allowed: the key of an earlier command of this client in the catalog ${request.catalog}`;
    return refuseMember('invalid', '/after', message);
  }
  return {
    kind: 'planned',
    commandId: commandIdOf(caller.name, key),
    request,
    line: target.line,
    basedOn: seen.version,
    base: baseValues(request.content, seen.payload),
    after,
    check: checkCommand(caller, request, target, now),
  };
}

/** The record of a command: a stored one, that of a create, or a new one. */
async function findPlanTarget(
  { name, client }: Caller,
  key: string,
  { catalog, content, target }: CommandRequest,
  planned: readonly Plan[],
  deps: PlanDeps,
): Promise<{ readonly kind: 'found'; readonly target: PlanTarget } | Refused> {
  if (content.action === 'opportunity.create') {
    const taken = await refuseTaken(catalog, content.opportunity, deps);
    const line = createLine({ catalog }, commandIdOf(name, key));
    return taken ?? { kind: 'found', target: { line, payload: draftOf(content.opportunity) } };
  }
  if (!target) throw new TypeError(`${content.action} without a target`);
  if ('command' in target) return findCreated(name, target.command, catalog, planned, deps);
  const found = await findTarget({ catalog, kind: targetKindOf(content.action), target }, client, deps);
  if (found.kind === 'refused') return found;
  const { target: stored } = found;
  const line: LineKey = { catalog, kind: targetKindOf(content.action), id: stored.id };
  return { kind: 'found', target: { line, payload: stored.payload, stored } };
}

/** Refuses a PartnerOpportunityIdentifier that a stored opportunity has. */
async function refuseTaken(
  catalog: string,
  opportunity: JsonObject,
  deps: PlanDeps,
): Promise<Refused | undefined> {
  const partnerId = textAt(opportunity, 'PartnerOpportunityIdentifier') ?? '';
  const kind = 'opportunity';
  const found = await findTarget({ catalog, kind, target: { partnerId } }, undefined, deps);
  if (found.kind === 'refused' && found.refusal.code === 'unknown-target') return undefined;
  return refusePartnerId(partnerId);
}

/** The command that `after` names: a stored one, or one of the same request. */
async function findPredecessor(
  after: string,
  { catalog }: CommandRequest,
  planned: readonly Plan[],
  { records }: PlanDeps,
): Promise<Plan | RecordState | undefined> {
  const inRequest = planned.find(({ commandId }) => commandId === after);
  return inRequest ?? records.current(commandKeyOf({ catalog }, after));
}

function refuseNotEnabled({ catalog, content }: CommandRequest, { enabled }: PlanDeps): Refused | undefined {
  const wanted = `${catalog}:${content.action}`;
  if (enabled.some((each) => each === wanted)) return undefined;
  const allowed = enabled.length > 0 ? enabled.join(', ') : 'nothing';
  return refuse(
    'not-enabled',
    `${wanted} is not enabled; allowed: ${allowed}. The setting relay:commands enables actions.`,
  );
}

/** The version that the client saw. */
async function findSeen(
  { basedOn }: CommandRequest,
  { payload, stored }: PlanTarget,
  { records }: PlanDeps,
): Promise<{ readonly version: number | undefined; readonly payload: JsonObject } | Refused> {
  if (basedOn === undefined || basedOn === stored?.version) return { version: stored?.version, payload };
  if (!stored)
    return refuseMember(
      'invalid',
      '/basedOn',
      `${basedOn}; allowed: nothing, the opportunity is not stored yet`,
    );
  const { catalog, kind, id, version } = stored;
  const seen = await records.version({ catalog, kind, id, version: basedOn });
  if (seen) return { version: seen.version, payload: seen.payload };
  const message = `${basedOn}; allowed: the number of a stored version, from 1 to ${version}`;
  return refuseMember('invalid', '/basedOn', message);
}
