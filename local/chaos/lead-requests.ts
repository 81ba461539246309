import { contextsIn } from '../../lambdas/core/engagement-context.ts';
import { at, type JsonObject, textAt } from '../../lambdas/core/json.ts';
import { pick } from '../partner-central/seeded-random.ts';
import type { ClientTarget, RequestParts, RequestTo } from './client-request.ts';

type LeadRecord = Pick<ClientTarget, 'kind' | 'payload'>;

/** Makes a request about a lead: its acceptance, its qualification, or its opportunity. */
export function aboutLead(parts: RequestParts): RequestTo | undefined {
  const { random, targets, taken } = parts;
  const free = targets.filter((target) => isPendingLead(target) || hasLead(target));
  if (free.length === 0) return undefined;
  const state = pick(random, free);
  if (state.kind === 'engagement' && random() < 0.5) return qualify(state, `Stage ${parts.number}`);
  if (taken.has(state.id)) return undefined;
  taken.add(state.id);
  return state.kind === 'engagement' ? convert(state) : accept(state);
}

export function isPendingLead({ kind, payload }: LeadRecord): boolean {
  const isLead = textAt(payload, 'PayloadType') === 'LeadInvitation';
  return kind === 'engagement-invitation' && isLead && payload['Status'] === 'PENDING';
}

/** The simulator makes a lead the first context, which keeps its id. */
export function hasLead({ kind, payload }: LeadRecord): boolean {
  const [first] = contextsIn(payload);
  return kind === 'engagement' && textAt(first, 'Id') === '1' && textAt(first, 'Type') === 'Lead';
}

function accept(state: ClientTarget): RequestTo {
  return {
    state,
    action: 'lead.accept',
    paths: ['/Status'],
    body: { action: 'lead.accept' },
    isEffect: ({ operation, id }) => operation === 'AcceptEngagementInvitation' && id === state.id,
  };
}

function qualify(state: ClientTarget, text: string): RequestTo {
  const action = 'engagement.update_context';
  const holds = (body: JsonObject | undefined): boolean =>
    contextsIn(body ?? {}).some(
      (context) => textAt(context, 'Payload', 'Lead', 'QualificationStatus') === text,
    );
  return {
    state,
    action,
    paths: ['/Contexts/0/Payload/Lead/QualificationStatus'],
    body: { action, context: { id: '1', patch: { Lead: { QualificationStatus: text } } } },
    isEffect: ({ id, before, after }) => id === state.id && holds(after) && !holds(before),
  };
}

/** Its write is that of the new opportunity. */
function convert(state: ClientTarget): RequestTo {
  return {
    state,
    action: 'lead.to_opportunity',
    paths: ['/Contexts'],
    body: { action: 'lead.to_opportunity', context: { id: '1' } },
    isEffect: ({ operation, input }) =>
      operation === 'StartOpportunityFromEngagementTask' && at(input, 'Identifier') === state.id,
  };
}
