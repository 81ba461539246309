import { parseJson, stringifyJson } from '../../../lambdas/core/json-text.ts';
import { fullMessageBody } from '../../../lambdas/core/message.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { ifReadable } from '../../../lambdas/core/unreadable.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import { allEndpointIds, deliveriesOfMessages } from '../deliveries/find-deliveries.ts';
import { UsageError } from '../errors.ts';
import { stageStaysOf } from '../export/stage-stays.ts';
import { firstOf } from '../first-of.ts';
import { missingRecord } from '../records/record-key.ts';
import type { Relay } from '../relay.ts';
import { findListed } from '../stores/record-list.ts';
import { isUnreadable, type UnreadableVersion, versionsOf } from '../stores/record-versions.ts';
import type { DealView, MessageView, VersionRow } from './api.ts';
import { dealRowOf } from './deal-rows.ts';
import { deliveryRowOf } from './delivery-rows.ts';
import { plainJson } from './plain-json.ts';

const mostVersions = 200;
const mostDeliveries = 200;

/** @throws UsageError if the deal is not in the table */
export async function viewDeal(catalog: string, id: string, relay: Relay): Promise<DealView> {
  const key: RecordKey = { catalog, kind: 'opportunity', id };
  const { clients, output, records } = relay;
  const table = output('RecordsTableName');
  const [[listed], state, aws, history] = await Promise.all([
    findListed([key], clients.dynamodb, table),
    ifReadable(() => records.current(key)),
    ifReadable(() => records.current({ ...key, kind: 'aws-opportunity-summary' })),
    firstOf(versionsOf(key, clients.dynamodb, table), mostVersions),
  ]);
  if (!listed) throw missingRecord(key);
  const versions = history.found.flatMap((version) => (isUnreadable(version) ? [] : [version]));
  const messageIds = versions.map(({ messageId }) => messageId);
  const endpointIds = await allEndpointIds(relay);
  // Of the newest versions.
  const mostMessages = Math.ceil(mostDeliveries / Math.max(1, endpointIds.length));
  const deliveries = await deliveriesOfMessages(messageIds.slice(0, mostMessages), endpointIds, relay);
  return {
    catalog,
    deal: dealRowOf(listed),
    record: plainJson(state?.payload ?? {}),
    readAt: state?.readAt,
    aws: aws && { version: aws.version, readAt: aws.readAt, record: plainJson(aws.payload) },
    links: state?.links ?? [],
    stays: stageStaysOf(
      versions.map(({ attributes, ...version }) => ({ ...version, stage: attributes.stage })),
    ),
    versions: history.found.map(versionRowOf),
    hasMoreVersions: history.hasMore,
    deliveries: deliveries
      .map(deliveryRowOf)
      .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      .slice(0, mostDeliveries),
  };
}

/** @throws UsageError if the version is not in the table */
export async function viewMessage(key: RecordKey, version: number, relay: Relay): Promise<MessageView> {
  const found = await relay.records.version({ ...key, version });
  if (!found) throw new UsageError(`version ${version}: ${key.id} has no such version`);
  const body = plainJson(parseJson(stringifyJson(fullMessageBody(found))));
  return { messageId: found.messageId, body };
}

function versionRowOf(version: Version | UnreadableVersion): VersionRow {
  if (isUnreadable(version)) return { version: version.version, unreadable: version.unreadable.join('; ') };
  const { messageId, type, topics, occurredAt, cause, changes } = version;
  return {
    version: version.version,
    messageId,
    type,
    topics,
    occurredAt,
    detailType: cause.detailType,
    changes: changes.map(({ path, before, after }) => ({
      path,
      before: before === undefined ? undefined : plainJson(before),
      after: after === undefined ? undefined : plainJson(after),
    })),
  };
}
