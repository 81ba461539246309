import { knownCatalogs } from '../core/catalogs.ts';
import type { Client } from '../core/client.ts';
import type { CommandTarget } from '../core/command.ts';
import { describeValue } from '../core/describe-value.ts';
import { textAt } from '../core/json.ts';
import type { TargetKind } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import type { RecordIndex } from '../ports/record-index.ts';
import type { RecordStore } from '../ports/record-store.ts';
import { type Refused, refuseMember } from './refusal.ts';

export interface FindTargetDeps {
  readonly records: Pick<RecordStore, 'current'>;
  readonly index: Pick<RecordIndex, 'findByPartnerId'>;
}

export interface TargetRef {
  readonly catalog: string;
  readonly kind: TargetKind;
  readonly target: Exclude<CommandTarget, { readonly command: string }>;
}

export type FoundTarget = { readonly kind: 'found'; readonly target: RecordState } | Refused;

/**
 * Reads the record that a command is about, consistently.
 * @param client learns nothing about a catalog that it may not use
 */
export async function findTarget(
  ref: TargetRef,
  client: Pick<Client, 'catalogs'> | undefined,
  deps: FindTargetDeps,
): Promise<FoundTarget> {
  const { catalog, kind, target } = ref;
  if ('partnerId' in target) return findByPartnerId(ref, target.partnerId, deps);
  const found = await deps.records.current({ catalog, kind, id: target.id });
  if (found) return { kind: 'found', target: found };
  const [other] = await inOtherCatalogs(ref, target.id, client?.catalogs ?? knownCatalogs, deps);
  const hint = other ? `; the catalog ${other.catalog} has it` : '';
  const message = `${describeValue(target.id)} is not stored in the catalog ${catalog}${hint}; allowed: the id of a stored ${kind}`;
  return refuseMember('unknown-target', '/target', message);
}

async function inOtherCatalogs(
  { catalog, kind }: TargetRef,
  id: string,
  catalogs: readonly string[],
  { records }: FindTargetDeps,
): Promise<readonly RecordState[]> {
  const others = catalogs.filter((each) => each !== catalog);
  const found = await Promise.all(others.map((each) => records.current({ catalog: each, kind, id })));
  return found.flatMap((each) => (each ? [each] : []));
}

async function findByPartnerId(
  { catalog, kind }: TargetRef,
  partnerId: string,
  { records, index }: FindTargetDeps,
): Promise<FoundTarget> {
  // The index may lag: what it finds is read again.
  const keys = await index.findByPartnerId(catalog, partnerId);
  const read = await Promise.all(keys.map((key) => records.current(key)));
  const found = read.flatMap((each) =>
    each && textAt(each.payload, 'PartnerOpportunityIdentifier') === partnerId ? [each] : [],
  );
  const [target, ...others] = found;
  const path = '/target/partnerId';
  if (!target) {
    const message = `no stored ${kind} of the catalog ${catalog} has ${describeValue(partnerId)}; allowed: the PartnerOpportunityIdentifier of a stored one`;
    return refuseMember('unknown-target', path, message);
  }
  if (others.length === 0) return { kind: 'found', target };
  const ids = found.map(({ id }) => id).toSorted();
  const message = `${ids.join(' and ')} have ${describeValue(partnerId)}; allowed: the id of one of them`;
  return refuseMember('ambiguous-target', path, message);
}
