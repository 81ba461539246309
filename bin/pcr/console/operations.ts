import pMap from 'p-map';
import { hasEnded } from '../../../lambdas/core/command-state.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import type { EndpointId } from '../../../lambdas/core/ids.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import { statusOf } from '../deliveries/find-deliveries.ts';
import type { DeployedSettings } from '../deployed-settings.ts';
import { breakerOf, breakerText, pauseOf, pauseText } from '../endpoints/breaker-text.ts';
import { destinationText } from '../endpoints/endpoint-text.ts';
import { concurrency, firstOf } from '../first-of.ts';
import type { Io } from '../io.ts';
import { readParked } from '../parked/read-parked.ts';
import { quotaUse, writeQuotaUse } from '../quota-use.ts';
import type { Relay } from '../relay.ts';
import { listCommands } from '../sent-commands/list-commands.ts';
import { passRows } from '../stores/pass-rows.ts';
import { listRecords } from '../stores/record-list.ts';
import type {
  CommandsView,
  EndpointRow,
  EndpointsView,
  InvitationsView,
  OutcomeHour,
  ParkedView,
  QuotaView,
} from './api.ts';

const hourMs = 3_600_000;
const hoursOfView = 24;
const mostDeliveries = 2_000;
const mostRows = 100;
const mostInvitations = 500;

export async function viewEndpoints(relay: Relay, nowMs: number): Promise<EndpointsView> {
  const { endpoints, unreadable } = await relay.endpoints.all();
  const now = instantOf(nowMs);
  // An expired listener gets nothing, and DynamoDB is about to delete it.
  const live = endpoints.filter(
    ({ destination }) => destination.kind !== 'listener' || destination.expiresAt > now,
  );
  const rows = await pMap(live, (endpoint) => endpointRow(endpoint, relay, nowMs), { concurrency });
  const marked = unreadable.map((id): EndpointRow => ({ id, state: 'unreadable' }));
  return { rows: [...rows, ...marked].toSorted((a, b) => (a.id < b.id ? -1 : 1)) };
}

async function endpointRow(endpoint: Endpoint, relay: Relay, nowMs: number): Promise<EndpointRow> {
  const { id, topics, disabled } = endpoint;
  const [{ gate }, hours] = await Promise.all([relay.gates.read(id), outcomesOf(id, relay, nowMs)]);
  const breaker = breakerOf(gate, nowMs);
  const pause = pauseOf(gate, nowMs);
  return {
    id,
    state: disabled ? 'disabled' : 'enabled',
    disabled,
    destination: destinationText(endpoint),
    topics,
    breaker: breakerText(breaker),
    breakerState: breaker.state,
    pause: pause && pauseText(pause),
    hours,
  };
}

/** Deliveries by the hour in which they were added. */
async function outcomesOf(
  endpointId: EndpointId,
  { deliveries }: Pick<Relay, 'deliveries'>,
  nowMs: number,
): Promise<readonly OutcomeHour[]> {
  const thisHourMs = Math.floor(nowMs / hourMs) * hourMs;
  const startsMs = Array.from(
    { length: hoursOfView },
    (_, index) => thisHourMs - (hoursOfView - 1 - index) * hourMs,
  );
  const since = instantOf(startsMs[0] ?? nowMs);
  const { found, hasMore } = await firstOf(deliveries.rows({ endpointId, since }), mostDeliveries);
  const oldest = hasMore ? found.at(-1)?.createdAt : undefined;
  const byHour = Map.groupBy(found, ({ createdAt }) => createdAt.slice(0, 13));
  // The hour of the oldest one, and those before it, were not read whole.
  const isWhole = (startMs: number) => oldest === undefined || instantOf(startMs) > oldest;
  return startsMs.filter(isWhole).map((startMs) => {
    const from = instantOf(startMs);
    const statuses = (byHour.get(from.slice(0, 13)) ?? []).map(statusOf);
    const count = (...wanted: readonly string[]) =>
      statuses.filter((status) => wanted.includes(status)).length;
    return {
      from,
      delivered: count('delivered'),
      waiting: count('pending', 'held'),
      failed: count('exhausted', 'cancelled', 'unreadable'),
    };
  });
}

export async function viewParked(relay: Relay): Promise<ParkedView> {
  const queues = await readParked({ limit: mostRows }, relay);
  return {
    rows: queues
      .flatMap(({ rows }) => rows)
      .map(({ queue, id, parkedAt, code, reason }) => ({ queue, id, parkedAt, code, reason })),
  };
}

export async function viewQuota(
  settings: DeployedSettings,
  relay: Relay,
  io: Pick<Io, 'clock'>,
): Promise<QuotaView> {
  const [reads, writes, passes] = await Promise.all([
    quotaUse(settings, relay, io),
    writeQuotaUse(relay, io),
    passRows(relay.clients.dynamodb, relay.output('ControlTableName')),
  ]);
  return {
    reads,
    writes,
    passes: [...passes].map(([path, pass]) => {
      const [catalog = '', name = ''] = path.split('/');
      const { dueAt, finishedAt, failedAt, failure, result, progress, leased } = pass;
      const { items, changes, missing } = result ?? {};
      return {
        catalog,
        name,
        isRunning: leased || progress !== undefined,
        dueAt,
        finishedAt,
        failedAt,
        failure: failure && `${failure.code}: ${failure.reason}`,
        items,
        changes,
        missing,
      };
    }),
  };
}

export async function viewCommands(catalog: string, relay: Relay): Promise<CommandsView> {
  const { found, hasMore } = await firstOf(listCommands({ catalog }, relay), mostRows);
  const rows = found.map(({ id, status, action, target, key, ...command }) => ({
    id,
    catalog,
    status,
    action,
    target: target?.id,
    key,
    why: command.reason ?? command.code ?? command.evidence,
    acceptedAt: command.acceptedAt,
    expiresAt: command.expiresAt,
    canApprove: status === 'waiting' && command.reason === 'approval',
    canCancel: status !== undefined && !hasEnded({ status }),
    unreadable: command.unreadable,
  }));
  return { rows, hasMore };
}

export async function viewInvitations(
  catalog: string,
  status: string | undefined,
  { clients, output }: Relay,
): Promise<InvitationsView> {
  const filter = { catalog, kind: 'engagement-invitation', state: status } as const;
  const records = listRecords(filter, clients.dynamodb, output('RecordsTableName'));
  const { found, hasMore } = await firstOf(records, mostInvitations);
  const rows = found.map(
    ({ id, version, title, customerName, status: state, dueOn, engagementId, unreadable }) => ({
      id,
      version,
      title,
      customer: customerName,
      status: state,
      expiresAt: dueOn,
      engagementId,
      unreadable,
    }),
  );
  return { rows: rows.toSorted((a, b) => ((a.expiresAt ?? '9') < (b.expiresAt ?? '9') ? -1 : 1)), hasMore };
}
