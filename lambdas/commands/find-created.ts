import { commandIdOf, commandKeyOf, hasEnded } from '../core/command-state.ts';
import { commandStateOf } from '../core/command-version.ts';
import { describeValue } from '../core/describe-value.ts';
import { draftAfter, draftOf } from '../core/draft-opportunity.ts';
import { createLine, type LineKey } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import type { CommandStore } from '../ports/command-store.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { readContent } from './find-repeated.ts';
import type { Plan } from './plan.ts';
import type { PlanTarget } from './plan-target.ts';
import { type Refused, refuseMember } from './refusal.ts';

export interface FindCreatedDeps {
  readonly records: Pick<RecordStore, 'current'>;
  readonly commands: Pick<CommandStore, 'content' | 'line'>;
}

/** The opportunity of a create, by the key of the create. */
export async function findCreated(
  client: string,
  key: string,
  catalog: string,
  planned: readonly Plan[],
  deps: FindCreatedDeps,
): Promise<{ readonly kind: 'found'; readonly target: PlanTarget } | Refused> {
  const commandId = commandIdOf(client, key);
  const inRequest = planned.find((plan) => plan.commandId === commandId);
  if (inRequest) return { kind: 'found', target: draftTarget(inRequest, planned) };
  const create = await deps.records.current(commandKeyOf({ catalog }, commandId));
  const state = create && commandStateOf(create);
  if (!create || state?.action !== 'opportunity.create')
    return refuse(key, `the key of an opportunity.create of this client in the catalog ${catalog}`);
  if (hasEnded(state) && state.opportunityId === undefined)
    return refuse(key, 'the key of a create that has not failed');
  const line = createLine(create, commandId);
  const target = await findMoved(create, line, deps);
  if (target) return { kind: 'found', target };
  const content = await readContent(create, deps);
  const asked = content?.request.content;
  const payload = asked?.action === 'opportunity.create' ? draftOf(asked.opportunity) : {};
  return { kind: 'found', target: { line, payload } };
}

/**
 * The stored opportunity, once all earlier commands have left the line of the create: a later one
 * must not overtake them.
 */
async function findMoved(
  create: RecordState,
  line: LineKey,
  { records, commands }: FindCreatedDeps,
): Promise<PlanTarget | undefined> {
  const { opportunityId: id } = commandStateOf(create);
  if (id === undefined) return undefined;
  const waiting = await commands.line(line);
  if (waiting?.dueAt !== undefined || waiting?.claimId !== undefined) return undefined;
  const key = { ...line, id };
  const stored = await records.current(key);
  return stored && { line: key, payload: stored.payload, stored };
}

/** The opportunity as it is after the commands that are planned. */
function draftTarget({ line, request }: Plan, planned: readonly Plan[]): PlanTarget {
  const { content } = request;
  const opportunity = content.action === 'opportunity.create' ? content.opportunity : {};
  const payload = planned.reduce(
    (draft, plan) => draftAfter(draft, plan.request.content),
    draftOf(opportunity),
  );
  return { line, payload };
}

function refuse(key: string, allowed: string): Refused {
  return refuseMember('unknown-target', '/target/command', `${describeValue(key)}; allowed: ${allowed}`);
}
