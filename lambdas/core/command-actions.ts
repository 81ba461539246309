import { escapePointer } from './change.ts';
import type { CommandAction, CommandContent } from './command.ts';
import { targetKindOf } from './command-target.ts';
import { at, isJsonArray, isJsonObject, type Json, type JsonObject, textAt } from './json.ts';
import { memberAt, type PatchValue, patchValues } from './merge-patch.ts';
import { relatedIds } from './related-ids.ts';

/** Members of the assignee that AWS returns. It replaces the title. */
const assigneeMembers = ['Email', 'FirstName', 'LastName', 'Phone'] as const;
const ownerTitle = 'Opportunity Owner';

/** What a command wants of its record, at paths of `valueAt`. */
export function wantedValues(content: CommandContent): readonly PatchValue[] {
  if (content.action === 'opportunity.update') return patchValues(content.patch);
  if (content.action === 'opportunity.associate') return [{ path: entityPath(content.entity), value: true }];
  if (content.action === 'opportunity.disassociate')
    return [{ path: entityPath(content.entity), value: undefined }];
  if (content.action !== 'opportunity.assign')
    return [{ path: '/Status', value: content.action === 'invitation.accept' ? 'ACCEPTED' : 'REJECTED' }];
  return assigneeMembers.flatMap((name) => {
    const value = content.assignee[name] ?? undefined;
    return value === undefined ? [] : { path: `/OpportunityTeam/Owner/${name}`, value };
  });
}

function entityPath({ type, id }: { readonly type: string; readonly id: string }): string {
  return `/RelatedEntityIdentifiers/${type}/${escapePointer(id)}`;
}

/**
 * The value that an action sees at a path. For most actions that is the member of the record; the
 * owner in the team, and the entities by their ids, have paths that only these functions know.
 */
export function valueAt(action: CommandAction, payload: JsonObject, path: string): Json | undefined {
  return memberAt(viewOf(action, payload), path);
}

function viewOf(action: CommandAction, payload: JsonObject): JsonObject {
  if (action === 'opportunity.assign') return { OpportunityTeam: { Owner: ownerIn(payload) } };
  if (action !== 'opportunity.associate' && action !== 'opportunity.disassociate') return payload;
  const related = at(payload, 'RelatedEntityIdentifiers');
  const byType = Object.keys(isJsonObject(related) ? related : {}).map((type) => [
    type,
    Object.fromEntries(relatedIds(payload, type).map((id) => [id, true])),
  ]);
  return { RelatedEntityIdentifiers: Object.fromEntries(byType) };
}

function ownerIn(payload: JsonObject): JsonObject {
  const team = at(payload, 'OpportunityTeam');
  const members = isJsonArray(team) ? team.filter(isJsonObject) : [];
  return members.find((member) => textAt(member, 'BusinessTitle') === ownerTitle) ?? {};
}

/**
 * The values of the wanted paths on which a command is based, to store them with it.
 * @param seen the payload of the version that the client saw
 */
export function baseValues(content: CommandContent, seen: JsonObject): readonly PatchValue[] {
  return wantedValues(content).map(({ path, value }) => {
    if (content.action === 'opportunity.update' || content.action === 'opportunity.assign')
      return { path, value: valueAt(content.action, seen, path) };
    // An entity is a member of a set: others can have added or removed it before.
    if (value === true || value === undefined) return { path, value: value ? undefined : true };
    return { path, value: 'PENDING' };
  });
}

/**
 * A text that changes whenever what the action writes has changed, to know whether a call was
 * applied. The status of an invitation changes once. AWS gives the other actions none.
 */
export function timestampOf(action: CommandAction, payload: JsonObject): string | undefined {
  if (targetKindOf(action) === 'engagement-invitation') return textAt(payload, 'Status');
  return action === 'opportunity.update' ? textAt(payload, 'LastModifiedDate') : undefined;
}
