import type { Argument, Option } from 'commander';
import { knownCatalogs } from '../../../lambdas/core/catalogs.ts';
import { commandActions } from '../../../lambdas/core/command.ts';
import { deliveryStatuses } from '../../../lambdas/core/delivery.ts';
import { messageFormats, payloadForms } from '../../../lambdas/core/endpoint.ts';
import { topics } from '../../../lambdas/core/message-type.ts';
import { reviewStatuses, stages } from '../../../lambdas/core/opportunity-values.ts';
import { errorCodes } from '../../../lambdas/core/service-error.ts';
import { optionalClientFields } from '../clients/client-options.ts';
import { optionalFields } from '../endpoints/definition-options.ts';
import { parkedQueueNames } from '../parked/parked-queues.ts';
import { invitationStatuses } from '../records/record-groups.ts';

/** What options and arguments take, if they have no choices of their own. */
const offers: Readonly<Record<string, readonly string[]>> = {
  '--action': commandActions,
  '--approval': ['never', 'always', ...commandActions],
  '--catalog': knownCatalogs,
  '--code': errorCodes,
  '--format': messageFormats,
  '--ordering': ['none', 'per-record'],
  '--echo': ['mark', 'omit'],
  '--payload': payloadForms,
  '--queue': parkedQueueNames,
  '--redact': ['personal-data'],
  '--review-status': reviewStatuses,
  '--stage': stages,
  '--topic': ['*', ...topics],
  '--type': topics,
  '--unset': optionalFields,
  'clients --unset': optionalClientFields,
  'deliveries --status': deliveryStatuses,
  'invitations --status': invitationStatuses,
};

/**
 * What an option or an argument can be. Undefined: ids that only the stack knows.
 * @param group command of the first level
 */
export function offeredValues(given: Option | Argument, group: string): readonly string[] | undefined {
  const name = ('long' in given && given.long) || given.name();
  if (storedKindOf(name)) return undefined;
  return given.argChoices ?? offers[`${group} ${name}`] ?? offers[name] ?? [];
}

/** What only the stack knows the ids of. */
export type StoredKind = 'endpoint' | 'client';

/** Whether an option or argument takes the id of an endpoint or of a client. */
export function storedKindOf(name: string): StoredKind | undefined {
  if (['--endpoint-id', '--endpoint', 'endpoint'].includes(name)) return 'endpoint';
  return ['--client', 'client'].includes(name) ? 'client' : undefined;
}
