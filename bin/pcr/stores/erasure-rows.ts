import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { deliveryIdIn, searchedAttributes } from '../../../lambdas/adapters/delivery-item.ts';
import {
  type Attributes,
  fromAttributes,
  keyIn,
  toAttributes,
  tryConditionalWrite,
} from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { itemLoader } from '../../../lambdas/adapters/dynamodb-item-loader.ts';
import { queryPages, scanPages } from '../../../lambdas/adapters/dynamodb-pages.ts';
import { putParts, removeUnnamedParts } from '../../../lambdas/adapters/dynamodb-record-parts.ts';
import { contentOf, type Item } from '../../../lambdas/adapters/record-content.ts';
import { partNameOf, partNamesOf } from '../../../lambdas/adapters/record-parts.ts';
import { noCopies, type Rewrite, rewriteOf } from '../../../lambdas/adapters/record-redaction.ts';
import { parseItem } from '../../../lambdas/adapters/unreadable-item.ts';
import { type GetItem, wholeItem } from '../../../lambdas/adapters/whole-item.ts';
import { contentHashOf } from '../../../lambdas/core/digest.ts';
import { eraseChanges, erasePayload } from '../../../lambdas/core/erasure.ts';
import { type DeliveryId, type EndpointId, isEndpointId } from '../../../lambdas/core/ids.ts';
import {
  parseRecordPath,
  type RecordKey,
  recordPath,
  type VersionRef,
} from '../../../lambdas/core/record.ts';
import { isFailure } from '../../../lambdas/core/service-error.ts';
import { parsePartKey, parseVersionSortKey, recordTable } from '../../../lambdas/core/tables.ts';
import { problemsOf } from '../../../lambdas/core/unreadable.ts';
import { type FoundContent, foundContent, removeContent, texts } from './erasure-contents.ts';

/** A delivery, as far as an erasure needs it. */
export interface FoundDelivery {
  readonly id: DeliveryId;
  /** Undefined if it is unreadable. */
  readonly endpointId: EndpointId | undefined;
  readonly record: string | undefined;
  readonly version: number | undefined;
  readonly isOpen: boolean;
  /** Paths of what receivers answered, such as `attempts[0].answer`. */
  readonly answers: readonly string[];
  /** Whether an answer contains the searched text. */
  readonly matches: boolean;
  /** What keeps the row from being searched. Names attributes, never values. */
  readonly problems: readonly string[];
}

export interface FoundRows {
  readonly deliveries: readonly FoundDelivery[];
  readonly contents: readonly FoundContent[];
}

/** Rows that contain personal data. Every write is safe to repeat. */
export interface ErasureRows {
  /**
   * Scans table Records. Returns records with an item for which `matches` holds, and records whose
   * erasure was interrupted.
   */
  find(matches: (texts: readonly string[]) => boolean): Promise<readonly RecordKey[]>;
  /** Numbers of the versions of a record that are not erased. */
  unerasedVersions(key: RecordKey): Promise<readonly number[]>;
  /** Removes the content of every version of a record that is not erased. */
  eraseVersions(key: RecordKey): Promise<void>;
  /** Scans table Webhooks. */
  webhookRows(matches: (texts: readonly string[]) => boolean): Promise<FoundRows>;
  /** Removes what a client wanted with a command that has ended. */
  removeContent(content: FoundContent): Promise<void>;
  removeAnswers(delivery: FoundDelivery): Promise<void>;
}

/** From the key: the attribute may have been edited by hand. */
function versionOf({ sk }: Item): number {
  return parseVersionSortKey(String(sk)) ?? 0;
}

export function dynamodbErasureRows(
  client: DynamoDBClient,
  { records, webhooks }: { readonly records: string; readonly webhooks: string },
): ErasureRows {
  const getItem = itemLoader(client, records);
  const unerased = async (key: RecordKey) => {
    const query = {
      TableName: records,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :version)',
      FilterExpression: 'attribute_not_exists(erased)',
      ExpressionAttributeValues: toAttributes({
        ':pk': recordPath(key),
        ':version': recordTable.versionSortKeyPrefix,
      }),
    };
    const items: Attributes[] = [];
    for await (const page of queryPages(client, query)) items.push(...page);
    return items.map(fromAttributes);
  };
  const newestVersion = async (key: RecordKey) => {
    const query = {
      TableName: records,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :version)',
      ExpressionAttributeValues: toAttributes({
        ':pk': recordPath(key),
        ':version': recordTable.versionSortKeyPrefix,
      }),
      ScanIndexForward: false,
      Limit: 1,
    };
    for await (const page of queryPages(client, query))
      for (const item of page) return versionOf(fromAttributes(item));
    return 0;
  };
  return {
    async find(matches) {
      const found = new Map<string, Traces>();
      for await (const items of scanPages(client, { TableName: records, ConsistentRead: true }))
        for (const attributes of items) {
          const part = parsePartKey(keyIn(attributes));
          const item = fromAttributes(attributes);
          const path = part ? recordPath(part) : String(item['pk']);
          const traces = found.get(path) ?? noTraces();
          found.set(path, traces);
          if (part) traces.parts.add(partNameOf(part));
          else await addTraces(traces, item, async () => matches(await textsIn(item, getItem)));
        }
      return [...found].flatMap(([path, traces]) => {
        const key = parseRecordPath(path);
        // A command has codes and paths: what a client wants is in a row of its line.
        return key && key.kind !== 'command' && (traces.isWanted || isInterrupted(traces)) ? [key] : [];
      });
    },
    unerasedVersions: async (key) => (await unerased(key)).map(versionOf),
    async eraseVersions(key) {
      const versions = await unerased(key);
      for (const item of versions) {
        const ref = { ...key, version: versionOf(item) };
        const { update, parts } = erasureOf(records, ref, item, await contentIn(item, getItem));
        await putParts(client, records, parts);
        await tryConditionalWrite(() => client.send(new UpdateItemCommand(update)));
      }
      // Of a version that is committed and not stored yet, a worker may be about to name the parts.
      const version = await newestVersion(key);
      await removeUnnamedParts(client, records, { ...key, version });
    },
    async webhookRows(matches) {
      const deliveries: FoundDelivery[] = [];
      const contents: FoundContent[] = [];
      for await (const items of scanPages(client, { TableName: webhooks, ConsistentRead: true }))
        for (const item of items.map(fromAttributes)) {
          deliveries.push(...foundDelivery(item, matches));
          contents.push(...foundContent(item, matches));
        }
      return { deliveries, contents };
    },
    removeContent: (content) => removeContent(client, webhooks, content),
    async removeAnswers({ id, answers }) {
      if (answers.length === 0) return;
      const input = {
        TableName: webhooks,
        Key: toAttributes({ pk: `delivery#${id}`, sk: 'delivery' }),
        UpdateExpression: `REMOVE ${answers.join(', ')}`,
        ConditionExpression: 'attribute_exists(pk)',
      };
      await tryConditionalWrite(() => client.send(new UpdateItemCommand(input)));
    },
  };
}

/** What a scan finds of a record. */
interface Traces {
  /** The current item is erased. */
  isErased: boolean;
  /** A version is not erased. */
  isLeft: boolean;
  isWanted: boolean;
  readonly parts: Set<string>;
  readonly namedParts: Set<string>;
}

function noTraces(): Traces {
  return { isErased: false, isLeft: false, isWanted: false, parts: new Set(), namedParts: new Set() };
}

async function addTraces(traces: Traces, item: Item, isWanted: () => Promise<boolean>): Promise<void> {
  const isErased = item['erased'] === true;
  if (item['sk'] === recordTable.currentSortKey) traces.isErased = isErased;
  else traces.isLeft ||= !isErased;
  traces.isWanted ||= !isErased && (await isWanted());
  for (const name of partNamesOf(item)) traces.namedParts.add(name);
}

function isInterrupted({ isErased, isLeft, parts, namedParts }: Traces): boolean {
  return isErased && (isLeft || [...parts].some((name) => !namedParts.has(name)));
}

/** An item that was edited by hand and cannot be read is erased too. */
async function contentIn(item: Item, getItem: GetItem): Promise<ReturnType<typeof contentOf>> {
  try {
    return parseItem((await wholeItem(item, getItem)) ?? {}, contentOf);
  } catch (error) {
    if (isFailure(error, 'record.unreadable')) return { payload: {}, changes: [] };
    throw error;
  }
}

function erasureOf(
  tableName: string,
  ref: VersionRef,
  item: Item,
  content: ReturnType<typeof contentOf>,
): Rewrite {
  const payload = erasePayload(content.payload);
  const changes = eraseChanges(content.changes);
  const rest = { ...noCopies, solutions: undefined, contentHash: contentHashOf(payload), erased: true };
  return rewriteOf(tableName, item, { ...ref, payload, changes }, rest);
}

/** Every text of an item, also in what is packed or in parts. */
async function textsIn(item: Item, getItem: GetItem): Promise<readonly string[]> {
  return [...texts({ ...item, packed: undefined }), ...texts(await contentIn(item, getItem))];
}

/** Members of an attempt. A reason can quote the receiver, such as the Location of a redirect. */
const textsOfReceivers = ['answer', 'reason'] as const;

/** The id comes from the key, because a row that was edited by hand holds answers too. */
function foundDelivery(item: Item, matches: (texts: readonly string[]) => boolean): readonly FoundDelivery[] {
  const { pk, endpointId, status, attempts } = item;
  const id = deliveryIdIn(pk);
  if (!id || item['sk'] !== 'delivery') return [];
  const { record, version } = searchedAttributes;
  return [
    {
      id,
      endpointId: isEndpointId(endpointId) ? endpointId : undefined,
      record: readable(record, item['record']),
      version: readable(version, item['version']),
      isOpen: status === 'pending' || status === 'held',
      answers: answersIn(attempts),
      matches: matches(texts(attempts)),
      problems: problemsOf(searchedAttributes, item),
    },
  ];
}

function readable<Value>(schema: v.GenericSchema<unknown, Value>, value: unknown): Value | undefined {
  const parsed = v.safeParse(schema, value);
  return parsed.success ? parsed.output : undefined;
}

/** What is not a list of attempts is removed whole. */
function answersIn(attempts: unknown): readonly string[] {
  if (attempts === undefined) return [];
  if (!Array.isArray(attempts)) return ['attempts'];
  return attempts.flatMap((each: unknown, index) =>
    typeof each === 'object' && each !== null
      ? textsOfReceivers.filter((member) => member in each).map((member) => `attempts[${index}].${member}`)
      : [`attempts[${index}]`],
  );
}
