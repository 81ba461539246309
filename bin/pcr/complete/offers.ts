import type { Argument, Option } from 'commander';
import { knownCatalogs } from '../../../lambdas/core/catalogs.ts';
import { deliveryStatuses } from '../../../lambdas/core/delivery.ts';
import { messageFormats, payloadForms } from '../../../lambdas/core/endpoint.ts';
import { topics } from '../../../lambdas/core/message-type.ts';
import { reviewStatuses, stages } from '../../../lambdas/core/opportunity-values.ts';
import { errorCodes } from '../../../lambdas/core/service-error.ts';
import { optionalFields } from '../endpoints/definition-options.ts';
import { parkedQueueNames } from '../parked/parked-queues.ts';
import { invitationStatuses } from '../records/record-groups.ts';

/** What options and arguments take, if they have no choices of their own. */
const offers: Readonly<Record<string, readonly string[]>> = {
  '--catalog': knownCatalogs,
  '--code': errorCodes,
  '--format': messageFormats,
  '--ordering': ['none', 'per-record'],
  '--payload': payloadForms,
  '--queue': parkedQueueNames,
  '--redact': ['personal-data'],
  '--review-status': reviewStatuses,
  '--stage': stages,
  '--topic': ['*', ...topics],
  '--type': topics,
  '--unset': optionalFields,
  'deliveries --status': deliveryStatuses,
  'invitations --status': invitationStatuses,
};

/**
 * What an option or an argument can be. Undefined: ids of endpoints, which only the stack knows.
 * @param group command of the first level
 */
export function offeredValues(given: Option | Argument, group: string): readonly string[] | undefined {
  const name = ('long' in given && given.long) || given.name();
  if (isEndpoint(name)) return undefined;
  return given.argChoices ?? offers[`${group} ${name}`] ?? offers[name] ?? [];
}

export function isEndpoint(name: string): boolean {
  return ['--endpoint-id', '--endpoint', 'endpoint'].includes(name);
}
