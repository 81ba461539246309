import type { Receipt } from '../../local/receiver.ts';
import type { AddedEndpoint } from './endpoints.ts';
import type { UpgradeTest } from './fill.ts';
import { readItems, type StoredItem } from './stored-items.ts';

/** Everything that must still be there after the update. */
export interface Kept {
  readonly records: ReadonlyMap<string, StoredItem>;
  readonly webhooks: ReadonlyMap<string, StoredItem>;
  /** Messages that were delivered before the update, by receiver. */
  readonly delivered: ReadonlyMap<AddedEndpoint, number>;
}

export async function keep({ deployed }: UpgradeTest, endpoints: readonly AddedEndpoint[]): Promise<Kept> {
  return {
    records: await readItems(deployed, 'RecordsTableName'),
    webhooks: await readItems(deployed, 'WebhooksTableName'),
    delivered: new Map(endpoints.map((each) => [each, each.receiver.receipts.length])),
  };
}

/** Items that are gone, and versions that say something else. */
export async function findLosses({ deployed }: UpgradeTest, kept: Kept): Promise<readonly string[]> {
  const records = await readItems(deployed, 'RecordsTableName');
  const webhooks = await readItems(deployed, 'WebhooksTableName');
  return [
    ...[...kept.records.keys()].filter((key) => !records.has(key)).map((key) => `Records lost ${key}`),
    // The rows of one endpoint's gate hold no work: they may have another key.
    ...[...kept.webhooks.keys()]
      .filter((key) => /^(?:delivery|endpoint)/.test(key) && !webhooks.has(key))
      .map((key) => `Webhooks lost ${key}`),
    ...[...kept.records].flatMap(([key, before]) =>
      key.includes(' version#') && before['contentHash'] !== records.get(key)?.['contentHash']
        ? [`Records changed the content of ${key}`]
        : [],
    ),
  ];
}

/**
 * Messages that contradict at-least-once delivery under one id per version. Ids are compared for
 * each endpoint: release 0.1.0 derives other ids, also of versions that this release wrote.
 */
export function findDoubled(endpoints: readonly AddedEndpoint[], kept: Kept): readonly string[] {
  return endpoints.flatMap((endpoint) => {
    const { id, receiver } = endpoint;
    const received = Map.groupBy(receiver.receipts, nameOf);
    const count = kept.delivered.get(endpoint) ?? 0;
    const before = new Set(receiver.receipts.slice(0, count).map(nameOf));
    return [
      ...[...received].flatMap(([name, receipts]) => {
        const ids = new Set(receipts.map(({ webhookId }) => webhookId));
        return ids.size > 1 ? [`${id} was sent ${name} under several ids: ${[...ids].join()}`] : [];
      }),
      ...receiver.receipts
        .slice(count)
        .map(nameOf)
        .filter((name) => before.has(name))
        .map((name) => `${id} was sent ${name} again, which it had before the update`),
      ...[...kept.webhooks.values()]
        .filter((row) => row['endpointId'] === id && row['messageId'] !== undefined)
        .flatMap((row) => {
          const name = `${String(row['record'])} version ${String(row['version'])}`;
          const ids = received.get(name)?.map(({ webhookId }) => webhookId) ?? [];
          const isSent = ids.length === 1 && ids[0] === row['messageId'];
          return isSent
            ? []
            : [`${id} was to get ${name} once as ${String(row['messageId'])}, not ${ids.join()}`];
        }),
    ];
  });
}

function nameOf({ path, version }: Receipt): string {
  return `${path} version ${version}`;
}
