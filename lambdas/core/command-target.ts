import type { CommandAction, CommandContent, RelatedEntity } from './command.ts';
import { type JsonObject, textAt } from './json.ts';
import type { TargetKind } from './line.ts';
import { patchValues } from './merge-patch.ts';
import { relatedIds } from './related-ids.ts';

/** The kind of record that an action changes. */
export function targetKindOf(action: CommandAction): TargetKind {
  return action === 'invitation.accept' || action === 'invitation.reject'
    ? 'engagement-invitation'
    : 'opportunity';
}

/** What a command changes: JSON Pointers into the record. */
export function pathsOf(content: CommandContent): readonly string[] {
  if (content.action === 'opportunity.update') return patchValues(content.patch).map(({ path }) => path);
  if (content.action === 'opportunity.assign') return ['/OpportunityTeam'];
  if ('entity' in content) return [`/RelatedEntityIdentifiers/${content.entity.type}`];
  return ['/Status'];
}

/**
 * The JSON Pointer into the record by which a path of a request, or of what it wants, is reported.
 * Only an update has the members of the record.
 */
export function reportedPath(path: string, content: CommandContent): string {
  if (content.action === 'opportunity.update') return path;
  const [own = ''] = pathsOf(content);
  return own;
}

/**
 * Whether the command cannot be undone: the rejection of an invitation, the loss of an opportunity,
 * the removal of its last solution.
 * @param payload of the target
 */
export function isIrreversible(content: CommandContent, payload: JsonObject): boolean {
  if (content.action === 'invitation.reject') return true;
  if (content.action === 'opportunity.update')
    return textAt(content.patch, 'LifeCycle', 'Stage') === 'Closed Lost';
  return content.action === 'opportunity.disassociate' && isLastSolution(content.entity, payload);
}

function isLastSolution({ type, id }: RelatedEntity, payload: JsonObject): boolean {
  const [only, ...others] = relatedIds(payload, 'Solutions');
  return type === 'Solutions' && only === id && others.length === 0;
}
