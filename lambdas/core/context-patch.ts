import type { Change } from './change.ts';
import type { CommandContent } from './command.ts';
import { contextPayload, contextsById, engagementTimestamp, findContext } from './engagement-context.ts';
import { at, isJsonObject, type JsonObject, textAt } from './json.ts';
import { applyMergePatch, memberAt, type PatchValue, patchValues } from './merge-patch.ts';
import { isSameValue } from './same-value.ts';
import { type UpdateRequest, withoutEmptyMembers } from './update-request.ts';

export type ContextPatch = CommandContent<'engagement.update_context'>['context'];

/**
 * AWS takes no list of interactions. An update can have one `Interaction`, which the documentation
 * does not describe further.
 */
const interactions = 'Interactions';

/** What a patch wants, at paths of `contextsById`. */
export function contextValues({ id, patch }: ContextPatch): readonly PatchValue[] {
  return patchValues(patch).map(({ path, value }) => ({ path: `/Contexts/${id}/Payload${path}`, value }));
}

/**
 * The path by which a path of `contextsById`, or of the request to AWS, is reported: a list has no
 * place that stays the same, so any context is `*`.
 */
export function reportedContextPath(path: string): string {
  const [, first, , ...inside] = path.split('/');
  if (first === 'Contexts') return ['', 'Contexts', '*', ...inside].join('/');
  return path.startsWith('/Payload/') ? `/Contexts/*${path}` : '/Contexts';
}

/**
 * Makes the body of UpdateEngagementContext, which replaces the payload of the context. So it
 * starts with the whole payload of a read, also with members that are newer than the SDK, and the
 * timestamp as AWS printed it.
 * @param engagement the answer of GetEngagement
 */
export function contextRequestOf(
  engagement: JsonObject,
  { id, patch }: ContextPatch,
  catalog: string,
): UpdateRequest {
  const context = findContext(engagement, id);
  const type = textAt(context, 'Type');
  const base = type === undefined ? undefined : at(context, 'Payload', type);
  if (type === undefined || !isJsonObject(base) || !Object.hasOwn(patch, type))
    return { gone: contextPayload };
  const { [interactions]: _interactions, ...writable } = base;
  return {
    body: {
      Catalog: catalog,
      EngagementIdentifier: engagement['Id'] ?? null,
      ContextIdentifier: id,
      EngagementLastModifiedAt: engagementTimestamp(engagement) ?? null,
      Type: type,
      Payload: withoutEmptyMembers(applyMergePatch({ [type]: writable }, patch)),
    },
  };
}

/** What a patch changes, given the stored engagement. */
export function contextChanges(
  { context }: CommandContent<'engagement.update_context'>,
  engagement: JsonObject,
): readonly Change[] {
  const stored = contextsById(engagement);
  return contextValues(context).flatMap(({ path, value }): readonly Change[] => {
    const before = memberAt(stored, path);
    if (isSameValue(before, value)) return [];
    const both = { ...(before !== undefined && { before }), ...(value !== undefined && { after: value }) };
    return [{ path: reportedContextPath(path), ...both }];
  });
}
