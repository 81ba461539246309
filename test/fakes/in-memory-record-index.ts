import { textAt } from '../../lambdas/core/json.ts';
import { openStages } from '../../lambdas/core/opportunity-stage.ts';
import { recordPath } from '../../lambdas/core/record.ts';
import type { RecordState } from '../../lambdas/core/version.ts';
import type { OpenOpportunity, RecordIndex } from '../../lambdas/ports/record-index.ts';
import type { InMemoryRecordStore } from './in-memory-record-store.ts';

/** Searches what the record store holds at the time of the call. */
export function inMemoryRecordIndex(
  records: Pick<InMemoryRecordStore, 'states' | 'setAsidePaths'>,
): RecordIndex {
  const found = (catalog: string, isWanted: (state: RecordState) => boolean) =>
    records.states().filter((state) => state.catalog === catalog && isWanted(state));
  return {
    async readHeads(keys) {
      const paths = new Set(keys.map(recordPath));
      const stored = records.states().filter((state) => paths.has(recordPath(state)));
      return new Map(
        stored.map(
          ({ lastModifiedAt, readAt, certainFrom, listedAs, tombstone, links, attributes, ...state }) => [
            recordPath(state),
            records.setAsidePaths().has(recordPath(state))
              ? 'set-aside'
              : {
                  lastModifiedAt,
                  readAt,
                  certainFrom,
                  listedAs,
                  tombstone,
                  links,
                  status: attributes.status,
                },
          ],
        ),
      );
    },
    findByEngagement: async (catalog, engagementId) =>
      found(catalog, (state) => engagementIdOf(state) === engagementId)
        .toSorted((a, b) => (recordPath(a) < recordPath(b) ? -1 : 1))
        .map(keyOf),
    findOpportunitiesByTitle: async (catalog, customerName, title) =>
      found(
        catalog,
        ({ kind, attributes }) =>
          kind === 'opportunity' &&
          attributes.title === title &&
          attributes.customerName?.toLowerCase() === customerName.toLowerCase(),
      ).map(keyOf),
    findByPartnerId: async (catalog, partnerId) =>
      found(
        catalog,
        ({ kind, payload }) =>
          kind === 'opportunity' && textAt(payload, 'PartnerOpportunityIdentifier') === partnerId,
      ).map(keyOf),
    findPendingInvitations: async (catalog, after, until) =>
      found(catalog, ({ kind, attributes: { status, dueOn = '' } }) => {
        return kind === 'engagement-invitation' && status === 'PENDING' && after <= dueOn && dueOn <= until;
      })
        .toSorted((a, b) => ((a.attributes.dueOn ?? '') < (b.attributes.dueOn ?? '') ? -1 : 1))
        .map(keyOf),
    findOpenOpportunities: async (catalog) =>
      found(
        catalog,
        ({ kind, attributes: { stage } }) =>
          kind === 'opportunity' && (stage === undefined || openStages.some((open) => open === stage)),
      ).map(openOpportunityOf),
  };
}

function engagementIdOf({ attributes, links }: RecordState): string | undefined {
  return attributes.engagementId ?? links.find(({ kind }) => kind === 'engagement')?.id;
}

/** As the summary in the index has it. */
function openOpportunityOf(state: RecordState): OpenOpportunity {
  const { attributes, lastModifiedAt, readAt, waitsSince, announcedReminders, erased } = state;
  const { stage, reviewStatus, dueOn } = attributes;
  return {
    key: keyOf(state),
    attributes: { stage, reviewStatus, dueOn },
    lastModifiedAt: lastModifiedAt ?? readAt,
    waitsSince,
    announcedReminders,
    erased,
  };
}

function keyOf({ catalog, kind, id }: RecordState) {
  return { catalog, kind, id };
}
