import type { Client } from '../../../lambdas/core/client.ts';
import { findForbidden } from '../../../lambdas/core/client-pointers.ts';
import { type CommandAction, type EntityType, entityTypes } from '../../../lambdas/core/command.ts';
import { pathsOf } from '../../../lambdas/core/command-target.ts';
import { contextPayload } from '../../../lambdas/core/engagement-context.ts';
import { isAtOrBelow } from '../../../lambdas/core/json-pointer.ts';
import { opportunityRules } from '../../../lambdas/core/opportunity-rules.ts';
import { adviceForUnknown, pointersOf } from './known-members.ts';

/**
 * Says what a client has that can have no effect, or leaves nothing to its commands: pointers to
 * members that no record has, and actions that may change nothing. AWS can add members, so all of
 * this is allowed.
 */
export function clientWarnings(client: Client): readonly string[] {
  return [...pointerWarnings(client), ...approvalWarnings(client), ...actionWarnings(client)];
}

function pointerWarnings({ id, writable, never }: Client): readonly string[] {
  return Object.entries({ writable, never }).flatMap(([field, pointers]) =>
    pointers.flatMap((pointer, index) => {
      const advice = adviceForUnknown(pointer);
      return advice === undefined
        ? []
        : `client ${id} ${field}[${index}]: "${pointer}" matches no member of a record that this release knows${advice}`;
    }),
  );
}

function approvalWarnings({ id, approval, actions }: Client): readonly string[] {
  if (typeof approval === 'string') return [];
  return approval.flatMap((action, index) =>
    actions.includes(action)
      ? []
      : `client ${id} approval[${index}]: "${action}" is not one of its actions, so it has no such commands; its actions: ${actions.join(', ')}`,
  );
}

function actionWarnings(client: Client): readonly string[] {
  const without = client.actions.filter((action) =>
    changedBy[action]().every((path) => findForbidden(client, path) !== undefined),
  );
  return without.length === 0
    ? []
    : [
        `client ${client.id}: its writable and never leave nothing that this release knows for ${without.join(', ')} to change: such commands are refused`,
      ];
}

/** What the commands of an action can change: JSON Pointers into the record. */
const changedBy: Readonly<Record<CommandAction, () => readonly string[]>> = {
  'engagement.update_context': () =>
    pointersOf('engagement').filter(
      (pointer) => pointer !== contextPayload && isAtOrBelow(pointer, contextPayload),
    ),
  'invitation.accept': () => pathsOf({ action: 'invitation.accept' }),
  'invitation.reject': () => pathsOf({ action: 'invitation.reject' }),
  'lead.accept': () => pathsOf({ action: 'lead.accept' }),
  'lead.to_opportunity': () => pathsOf({ action: 'lead.to_opportunity', context: { id: '' } }),
  'opportunity.assign': () => pathsOf({ action: 'opportunity.assign', assignee: {} }),
  'opportunity.associate': () =>
    entitiesOf((type) => pathsOf({ action: 'opportunity.associate', entity: { type, id: '' } })),
  // The relay knows less about it: a create takes members that an update does not.
  'opportunity.create': () => [...opportunityRules.keys()],
  'opportunity.disassociate': () =>
    entitiesOf((type) => pathsOf({ action: 'opportunity.disassociate', entity: { type, id: '' } })),
  'opportunity.submit': () => pathsOf({ action: 'opportunity.submit', involvementType: 'Co-Sell' }),
  'opportunity.update': updatableMembers,
};

function entitiesOf(paths: (type: EntityType) => readonly string[]): readonly string[] {
  return entityTypes.flatMap(paths);
}

function updatableMembers(): readonly string[] {
  return [...opportunityRules].flatMap(([pointer, { value }]) => (value.is === 'read-only' ? [] : pointer));
}
