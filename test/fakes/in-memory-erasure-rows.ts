import type { ErasureRows, FoundDelivery } from '../../bin/pcr/stores/erasure-rows.ts';
import type { Attempt } from '../../lambdas/core/delivery.ts';
import { contentHashOf } from '../../lambdas/core/digest.ts';
import { eraseChanges, erasePayload } from '../../lambdas/core/erasure.ts';
import type { DeliveryId } from '../../lambdas/core/ids.ts';
import { attributesOf, type RecordKey, recordPath } from '../../lambdas/core/record.ts';
import type { RecordState, Version } from '../../lambdas/core/version.ts';
import { deepFreeze } from './deep-freeze.ts';
import { type CommandRows, emptyCommandRows } from './in-memory-command-store.ts';
import type { DeliveryRow } from './in-memory-delivery-store.ts';
import type { RecordRows } from './in-memory-record-store.ts';

/** Erases from what the in-memory stores hold. */
export function inMemoryErasureRows(
  { states, versions, unreadable }: Pick<RecordRows, 'states' | 'versions' | 'unreadable'>,
  deliveries: Map<DeliveryId, DeliveryRow>,
  { contents }: Pick<CommandRows, 'contents'> = emptyCommandRows(),
): ErasureRows {
  const unerased = (key: RecordKey): readonly [string, Version][] =>
    [...versions].filter(
      ([, version]) => recordPath(version) === recordPath(key) && version.erased === undefined,
    );
  return {
    async find(matches) {
      const isWanted = (item: RecordState) => !item.erased && matches(textsIn(item));
      const wanted = [...states.values(), ...versions.values()].filter(isWanted);
      const interrupted = [...states.values()].filter(
        (state) => state.erased === true && unerased(state).length > 0,
      );
      const keys = [...wanted, ...interrupted].map(({ catalog, kind, id }) => ({ catalog, kind, id }));
      return [...new Map(keys.map((key) => [recordPath(key), key])).values()];
    },
    unerasedVersions: async (key) => unerased(key).map(([, { version }]) => version),
    async eraseVersions(key) {
      for (const [path, version] of unerased(key)) {
        const isReadable = !unreadable.get(path)?.isContent;
        const known = isReadable ? version : { ...version, payload: {}, changes: [] };
        versions.set(path, deepFreeze(erasedVersion(known)));
        if (!isReadable) unreadable.delete(path);
      }
    },
    webhookRows: async (matches) => ({
      deliveries: [...deliveries.values()].map((row) => foundDelivery(row, matches)),
      contents: [...contents].map(([path, { content, removeAt }]) => {
        const [record = '', sk = ''] = path.split('#');
        const row = { pk: `line#${record}`, sk };
        return { row, record, hasEnded: removeAt !== undefined, matches: matches(textsIn(content)) };
      }),
    }),
    async removeContent({ record, row }) {
      const path = `${record}#${row.sk}`;
      if (contents.get(path)?.removeAt !== undefined) contents.delete(path);
    },
    async removeAnswers({ id, answers }) {
      const row = deliveries.get(id);
      if (!row || answers.length === 0) return;
      const attempts = row.attempts.map((attempt, index) => withoutAnswers(attempt, index, answers));
      deliveries.set(id, deepFreeze({ ...row, attempts }));
    },
  };
}

function erasedVersion(version: Version): Version {
  const { kind, attributes, changes } = version;
  const payload = erasePayload(version.payload);
  const { title: _title, customerName: _customerName, ...kept } = attributes;
  return {
    ...version,
    payload,
    changes: eraseChanges(changes),
    attributes: { ...attributesOf(kind, payload), ...kept },
    contentHash: contentHashOf(payload),
    solutions: [],
    erased: true,
  };
}

function foundDelivery(row: DeliveryRow, matches: (texts: readonly string[]) => boolean): FoundDelivery {
  const { id, endpointId, version, status, attempts, problems = [] } = row;
  return {
    id,
    endpointId,
    record: recordPath(version),
    version: version.version,
    isOpen: status === 'pending' || status === 'held',
    answers: attempts.flatMap((attempt, index) => answersIn(attempt, index)),
    matches: matches(textsIn(attempts)),
    problems,
  };
}

const textsOfReceivers = ['answer', 'reason'] as const;

function answersIn(attempt: Attempt, index: number): readonly string[] {
  return textsOfReceivers
    .filter((member) => attempt[member] !== undefined)
    .map((member) => `attempts[${index}].${member}`);
}

function withoutAnswers(attempt: Attempt, index: number, answers: readonly string[]): Attempt {
  const gone = textsOfReceivers.filter((member) => answers.includes(`attempts[${index}].${member}`));
  return { ...attempt, ...Object.fromEntries(gone.map((member) => [member, undefined])) };
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
