import { actBatch } from '../../../lambdas/act/act-batch.ts';
import { type ActLevel, type ActMetric, leaseMs } from '../../../lambdas/act/contract.ts';
import type { ActDeps } from '../../../lambdas/act/deps.ts';
import { type CommandContent, commandActions } from '../../../lambdas/core/command.ts';
import { baseValues } from '../../../lambdas/core/command-actions.ts';
import { parseCommandRequest } from '../../../lambdas/core/command-request.ts';
import { type CommandState, commandIdOf, commandKeyOf } from '../../../lambdas/core/command-state.ts';
import { isIrreversible, pathsOf, targetKindOf } from '../../../lambdas/core/command-target.ts';
import { commandStateOf, commandVersion } from '../../../lambdas/core/command-version.ts';
import { addMs, epochMsOf, type Instant, instantOf } from '../../../lambdas/core/instant.ts';
import { intentOf } from '../../../lambdas/core/intent.ts';
import { isJsonObject, type JsonObject, textAt } from '../../../lambdas/core/json.ts';
import { longestCallMs } from '../../../lambdas/core/judge.ts';
import type { Line, LineKey } from '../../../lambdas/core/line.ts';
import { eraseRecord, type RecordState } from '../../../lambdas/core/version.ts';
import { tryAppend } from '../../../lambdas/records/append.ts';
import { readEngagement } from '../../../lambdas/records/read-engagement.ts';
import { storeObservation } from '../../../lambdas/records/store-observation.ts';
import type { InvitationPayloadType } from '../../../local/partner-central/model/invitation-body.ts';
import { SimulatedPartner } from '../../../local/partner-central/model/simulated-partner.ts';
import type { EffectiveWrite } from '../../../local/partner-central/model/simulated-writes.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { cause } from '../../builders/versions.ts';
import { emptyCommandRows, inMemoryCommandStore } from '../../fakes/in-memory-command-store.ts';
import { inMemoryCommandSwitch, type SwitchRow } from '../../fakes/in-memory-command-switch.ts';
import { inMemoryDoorbell } from '../../fakes/in-memory-queue.ts';
import { inMemoryRecordIndex } from '../../fakes/in-memory-record-index.ts';
import { emptyRecordRows, inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { simulatedPartnerCentral } from '../../fakes/simulated-partner-central.ts';

const client = 'arn:aws:iam::123456789012:role/crm';

export type ActWorld = ReturnType<typeof actWorld>;

/** A partner in the simulator, and everything that outlives one run of `act`. */
export function actWorld() {
  const clock = manualClock('2026-03-01T10:00:00.000Z');
  const later: { readonly atMs: number; readonly run: () => void }[] = [];
  const partner = new SimulatedPartner({
    random: seededRandom(7),
    nowMs: () => clock.nowMs(),
    accountId: '111122223333',
    emit: () => undefined,
    after: (ms, run) => later.push({ atMs: clock.nowMs() + ms, run }),
  });
  const [recordRows, commandRows] = [emptyRecordRows(), emptyCommandRows()];
  const switchRow: SwitchRow = { isPaused: false };
  const simulated = simulatedPartnerCentral(partner);
  const random = seededRandom(11);
  const records = inMemoryRecordStore(recordRows);
  const commands = inMemoryCommandStore(recordRows, commandRows);
  return {
    /** Removes the personal data of a stored record. */
    erase: async (state: RecordState) => {
      const version = eraseRecord(state, cause);
      await tryAppend(state, version, { records, clock, outboxGraceMs: 60_000 });
    },
    clock,
    later,
    partner,
    simulated,
    partnerCentral: simulated.partnerCentral,
    writes: simulated.writes,
    records,
    index: inMemoryRecordIndex(records),
    commands,
    /** As `hydrate` reads them. */
    lines: commands,
    commandRows,
    commandSwitch: inMemoryCommandSwitch('Records', switchRow),
    switchRow,
    doorbell: inMemoryDoorbell<LineKey>(),
    random: { next: random },
    log: recordedLog(),
    metrics: recordedMetrics<ActMetric, ActLevel>(),
    enabled: commandActions.map((action) => `AWS:${action}` as const),
    redactRejected: false,
    outboxGraceMs: 60_000,
    callMs: longestCallMs,
    leaseMs,
    timeScale: 1,
  };
}

/** Creates an opportunity that takes updates, and stores it as `hydrate` does. */
export async function openOpportunity(world: ActWorld, patch: JsonObject = {}): Promise<LineKey> {
  const id = world.partner.createOpportunity('AWS', { patch });
  const key = { catalog: 'AWS', kind: 'opportunity', id } as const;
  await hydrate(world, key);
  world.clock.advance(10_000);
  return key;
}

/** Receives an invitation, and stores it as `hydrate` does. */
export async function receiveInvitation(world: ActWorld): Promise<LineKey> {
  return receive(world, 'OpportunityInvitation');
}

/** Receives an invitation to a lead, and stores it as `hydrate` does. */
export async function receiveLead(world: ActWorld): Promise<LineKey> {
  return receive(world, 'LeadInvitation');
}

async function receive(world: ActWorld, payloadType: InvitationPayloadType): Promise<LineKey> {
  const id = world.partner.createInvitation('AWS', payloadType);
  const key = { catalog: 'AWS', kind: 'engagement-invitation', id } as const;
  await hydrate(world, key);
  world.clock.advance(10_000);
  return key;
}

/** Accepts a lead in the console, and stores the invitation and its engagement. */
export async function openLead(world: ActWorld): Promise<{ invitation: LineKey; engagement: LineKey }> {
  const invitation = await receiveLead(world);
  world.partner.acceptInvitation(invitation.id, { viaConsole: true });
  await hydrate(world, invitation);
  const id = textAt(truthOf(world, invitation), 'EngagementId') ?? '';
  const engagement = { catalog: 'AWS', kind: 'engagement', id } as const;
  await hydrate(world, engagement);
  world.clock.advance(10_000);
  return { invitation, engagement };
}

export async function hydrate(world: ActWorld, key: LineKey): Promise<void> {
  const payload = await get(world, key);
  const readAt = instantOf(world.clock.nowMs());
  const current = await world.records.current(key);
  await storeObservation(key, current, () => ({ key, payload, readAt, cause }), world);
}

async function get({ partnerCentral }: ActWorld, key: LineKey): Promise<JsonObject> {
  if (key.kind === 'opportunity') return partnerCentral.getOpportunity(key.catalog, key.id);
  if (key.kind === 'engagement') return (await readEngagement(key, { partnerCentral })).payload;
  return partnerCentral.getEngagementInvitation(key.catalog, key.id);
}

export type Asked = CommandContent & {
  readonly onConflict?: 'overwrite';
  readonly onLocked?: 'fail';
  readonly after?: string;
  readonly expiresAt?: Instant;
  readonly irreversible?: boolean;
  readonly client?: string;
};

let keys = 0;

/** Accepts a command as the doors do. @returns its key */
export async function ask(world: ActWorld, key: LineKey, asked: Asked): Promise<string> {
  const { clock, records, commands } = world;
  const now = instantOf(clock.nowMs());
  const { client: by = client, ...given } = asked;
  const body: unknown = { ...given, catalog: key.catalog, target: key.id };
  const parsed = parseCommandRequest(isJsonObject(body) ? body : undefined, now);
  if (!('request' in parsed)) throw new Error(JSON.stringify(parsed.problems));
  const { request } = parsed;
  keys += 1;
  const commandKey = `command-${keys}`;
  const line: Line = (await commands.line(key)) ?? { ...key, signals: 0, applied: [], fruitlessClaims: 0 };
  const target = await records.current(key);
  const payload = target?.payload ?? {};
  const needsApproval = !request.irreversible && isIrreversible(request.content, payload);
  const state: CommandState = {
    key: commandKey,
    client: by,
    action: request.content.action,
    target: { kind: targetKindOf(request.content.action), id: key.id },
    number: line.signals + 1,
    paths: [...pathsOf(request.content)],
    ...(target && { basedOn: target.version }),
    onConflict: request.onConflict,
    onLocked: request.onLocked,
    acceptedAt: now,
    expiresAt: request.expiresAt,
    ...(needsApproval ? { status: 'waiting', reason: 'approval' } : { status: 'accepted' }),
  };
  const commandId = commandIdOf(by, commandKey);
  const version = commandVersion(undefined, commandKeyOf(key, commandId), state, now);
  const intent = intentOf(version, addMs(now, 60_000));
  await records.putIntent(intent);
  const { action, expiresAt } = { ...state };
  const ticket = {
    number: state.number,
    commandId,
    client: by,
    action,
    expiresAt,
    failsIfLocked: request.onLocked === 'fail',
    after: request.after === undefined ? undefined : commandIdOf(by, request.after),
    needsApproval,
    isCancelled: false,
  };
  const content = { body: {}, request, base: baseValues(request.content, payload) };
  if ((await commands.accept(line, [{ version, intentDueAt: intent.dueAt, ticket, content }])) === 'raced')
    throw new Error('raced');
  await records.putVersion(version, intent.dueAt);
  return commandKey;
}

/** Works on a line once. `ports` replace those of the world. */
export async function act(world: ActWorld, key: LineKey, ports: Partial<ActDeps> = {}): Promise<void> {
  const failures = await actBatch([key], { ...world, ...ports });
  for (const error of failures.values()) throw error;
}

/** Advances the time, and runs the tasks of the service that end meanwhile. */
export function advance({ clock, later }: ActWorld, byMs: number): void {
  const untilMs = clock.nowMs() + byMs;
  for (const task of later.splice(0)) {
    if (task.atMs > untilMs) later.push(task);
    else {
      clock.advance(Math.max(0, task.atMs - clock.nowMs()));
      task.run();
    }
  }
  clock.advance(Math.max(0, untilMs - clock.nowMs()));
}

/** Works on a line whenever it is due within `withinMs`, until then it has nothing to do. */
export async function actUntilQuiet(world: ActWorld, key: LineKey, withinMs = 10 * 60_000): Promise<void> {
  const endMs = world.clock.nowMs() + withinMs;
  for (let acts = 0; acts < 400; acts += 1) {
    const dueAt = (await world.commands.line(key))?.dueAt;
    if (dueAt === undefined || epochMsOf(dueAt) > endMs) return;
    advance(world, Math.max(0, epochMsOf(dueAt) - world.clock.nowMs()));
    await act(world, key);
  }
  throw new Error('the line is never quiet');
}

/** The state of a command. */
export async function stateOf(world: ActWorld, commandKey: string, by = client): Promise<CommandState> {
  const record = await world.records.current(commandKeyOf({ catalog: 'AWS' }, commandIdOf(by, commandKey)));
  if (!record) throw new Error(`there is no command ${commandKey}`);
  return commandStateOf(record);
}

export function effectiveWrites({ partner }: ActWorld): readonly EffectiveWrite[] {
  return partner.writes.effective;
}

/** The record as the service has it. */
export function truthOf({ partner }: ActWorld, { catalog, kind, id }: LineKey): JsonObject {
  const record = partner.truth().get(`${catalog}/${kind}/${id}`);
  if (!record) throw new Error(`there is no ${id}`);
  return record.body;
}
