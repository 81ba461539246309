import type { CommandContent } from './command.ts';
import { describeValue } from './describe-value.ts';
import { contextsIn, findContext } from './engagement-context.ts';
import { type JsonObject, textAt } from './json.ts';
import type { RequestProblem } from './request-problem.ts';

/** The actions that accept an invitation, by the payload that they are for. */
const acceptedPayloads: ReadonlyMap<CommandContent['action'], readonly [string, string]> = new Map([
  ['invitation.accept', ['OpportunityInvitation', 'lead.accept']],
  ['lead.accept', ['LeadInvitation', 'invitation.accept']],
]);
const payloadsOfActions = [...acceptedPayloads.values()].map(([payload]) => payload);

/**
 * Finds why an action does not fit its record: an invitation of another type, or a context that the
 * engagement does not have or that has another type.
 * @param payload of the stored record. Members that an erasure has removed are not checked
 */
export function targetProblems(content: CommandContent, payload: JsonObject): readonly RequestProblem[] {
  if (content.action === 'engagement.update_context' || content.action === 'lead.to_opportunity')
    return contextProblem(content, payload);
  const [wanted, other] = acceptedPayloads.get(content.action) ?? [];
  const found = textAt(payload, 'PayloadType');
  if (wanted === undefined || found === undefined || found === wanted) return [];
  // AWS decides about payloads that are newer than this release.
  if (content.action === 'invitation.accept' && !payloadsOfActions.includes(found)) return [];
  const allowed = payloadsOfActions.includes(found) ? `the action ${other}` : `an invitation to a lead`;
  return [
    {
      path: '/action',
      message: `"${content.action}", and the target is of the type ${found}; allowed: ${allowed}`,
    },
  ];
}

function contextProblem(
  content: CommandContent<'engagement.update_context' | 'lead.to_opportunity'>,
  payload: JsonObject,
): readonly RequestProblem[] {
  const ids = contextsIn(payload).flatMap((context) => textAt(context, 'Id') ?? []);
  if (ids.length === 0) return [];
  const { id } = content.context;
  const context = findContext(payload, id);
  if (!context) return [{ path: '/context/id', message: `${describeValue(id)}; allowed: ${ids.join(', ')}` }];
  const type = textAt(context, 'Type') ?? '';
  if (content.action === 'lead.to_opportunity')
    return type === 'Lead'
      ? []
      : [{ path: '/context/id', message: `the context ${id} is a ${type}; allowed: one of the type Lead` }];
  if (Object.hasOwn(content.context.patch, type)) return [];
  return [{ path: '/context/patch', message: `the context ${id} is a ${type}; allowed: the member ${type}` }];
}
