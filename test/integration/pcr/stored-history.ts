import type { Relay } from '../../../bin/pcr/relay.ts';
import type { Instant } from '../../../lambdas/core/instant.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import type { Observation } from '../../../lambdas/core/version.ts';
import { appendVersion, leaveOutbox } from '../../builders/append-version.ts';
import { type OpportunityOptions, opportunityPayload } from '../../builders/payloads.ts';
import { observation, versionOf } from '../../builders/versions.ts';

/** Stores what reads returned, in their order, through the adapters of the functions. */
export async function storeHistory(
  { records }: Pick<Relay, 'records'>,
  observations: readonly Observation[],
): Promise<void> {
  for (const observed of observations) {
    const before = await records.current(observed.key);
    const version = versionOf(observed, before);
    if ((await appendVersion(records, before, version)) !== 'stored')
      throw new Error(`${observed.key.id} was not stored`);
    await leaveOutbox(records, version);
  }
}

/** What a read at this time returns: the record was modified then. */
export function observedAt(at: Instant, key: RecordKey, payload: JsonObject): Observation {
  const cause = { detailType: 'Opportunity Updated', eventIds: ['an-event'], eventTime: at };
  return observation({ key, payload, readAt: at, cause });
}

/** A state of an opportunity. @param day the day of its last change, at noon */
export function dealOn(
  day: string,
  id: string,
  options: Omit<OpportunityOptions, 'id' | 'lastModifiedDate'>,
  more: JsonObject = {},
): Observation {
  const at: Instant = `${day}T12:00:00.000Z`;
  const { catalog = 'AWS' } = options;
  const payload = opportunityPayload({ ...options, id, lastModifiedDate: at });
  return observedAt(at, { catalog, kind: 'opportunity', id }, { ...payload, ...more });
}
