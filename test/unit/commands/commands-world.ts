import { type AcceptDeps, accept } from '../../../lambdas/commands/accept.ts';
import { composeCommands } from '../../../lambdas/commands/compose.ts';
import type { CommandsMetric } from '../../../lambdas/commands/contract.ts';
import type { MarkCommandDeps } from '../../../lambdas/commands/mark-command.ts';
import type { Client } from '../../../lambdas/core/client.ts';
import { commandIdOf } from '../../../lambdas/core/command-state.ts';
import type { EnabledAction } from '../../../lambdas/core/enabled-actions.ts';
import { instantOf } from '../../../lambdas/core/instant.ts';
import type { Json, JsonObject } from '../../../lambdas/core/json.ts';
import type { LineKey } from '../../../lambdas/core/line.ts';
import type { RecordKey } from '../../../lambdas/core/record.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { type HttpRequestOptions, httpRequest } from '../../builders/http-requests.ts';
import { invitationPayload } from '../../builders/invitation-payloads.ts';
import { opportunityPayload } from '../../builders/payloads.ts';
import { invitationKey, observation, opportunityKey, versionOf } from '../../builders/versions.ts';
import { emptyCommandRows, inMemoryCommandStore } from '../../fakes/in-memory-command-store.ts';
import { inMemoryRecordIndex } from '../../fakes/in-memory-record-index.ts';
import { emptyRecordRows, inMemoryRecordStore } from '../../fakes/in-memory-record-store.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';

export const client = 'arn:aws:sts::111122223333:assumed-role/crm';
export const opportunityLine: LineKey = { catalog: 'AWS', kind: 'opportunity', id: opportunityKey.id };

/** A request that is accepted, with other members. */
export function updateRequest(members: JsonObject = {}): JsonObject {
  const patch = { LifeCycle: { Stage: 'Qualified' } };
  return { action: 'opportunity.update', catalog: 'AWS', target: opportunityKey.id, patch, ...members };
}

const usualActions: readonly EnabledAction[] = [
  'AWS:invitation.accept',
  'AWS:invitation.reject',
  'AWS:opportunity.associate',
  'AWS:opportunity.disassociate',
  'AWS:opportunity.update',
  'Sandbox:opportunity.update',
];

/** The doors of commands above the fakes. An approved opportunity and an invitation are stored. */
export async function commandsWorld(enabled: readonly EnabledAction[] = usualActions) {
  const rows = emptyRecordRows();
  const records = inMemoryRecordStore(rows);
  const commandRows = emptyCommandRows();
  const commands = inMemoryCommandStore(rows, commandRows);
  const clock = manualClock();
  const signalled: LineKey[] = [];
  const deps: AcceptDeps & MarkCommandDeps = {
    records,
    commands,
    index: inMemoryRecordIndex(records),
    doorbell: {
      async ring(lines) {
        signalled.push(...lines);
      },
    },
    enabled,
    outboxGraceMs: 60_000,
  };
  const put = async (key: RecordKey, payload: JsonObject) => {
    const before = await records.current(key);
    const readAt = instantOf(clock.nowMs());
    await appendVersion(records, before, versionOf(observation({ key, payload, readAt }), before), readAt);
  };
  await put(opportunityKey, opportunityPayload({ reviewStatus: 'Approved' }));
  await put(invitationKey, invitationPayload());
  const send = (key: string | undefined, body: Json | undefined, changes: Partial<AcceptDeps> = {}) =>
    accept({ name: client }, key, body, instantOf(clock.nowMs()), { ...deps, ...changes });
  const sendAs = (caller: Client, key: string | undefined, body: Json, changes: Partial<AcceptDeps> = {}) => {
    const now = instantOf(clock.nowMs());
    return accept({ name: caller.id, client: caller }, key, body, now, { ...deps, ...changes });
  };
  const log = recordedLog();
  const metrics = recordedMetrics<CommandsMetric>();
  const answer = composeCommands(
    { env: { COMMANDS: deps.enabled, TIME_SCALE: 1 }, log, metrics },
    { ...deps, clock },
  );
  return {
    log,
    metrics,
    /** Answers a request to the HTTP API. */
    http: (request: HttpRequestOptions) => answer(httpRequest(request)),
    rows,
    records,
    commandRows,
    commands,
    clock,
    signalled,
    deps,
    put,
    send,
    /** Sends a request as a client that has a definition. */
    sendAs,
    /** The current version of the command with a key. */
    find: (key: string, catalog = 'AWS') =>
      records.current({ catalog, kind: 'command', id: commandIdOf(client, key) }),
    /** Records of commands, and what is stored about their lines. */
    stored: () => ({
      commands: records.states().filter(({ kind }) => kind === 'command').length,
      lines: commandRows.lines.size,
      contents: commandRows.contents.size,
      intents: [...rows.intents.values()].filter(({ intent }) => intent.kind === 'command').length,
    }),
  };
}

export type CommandsWorld = Awaited<ReturnType<typeof commandsWorld>>;

/** AWS begins to review the opportunity. */
export async function lock({ put, clock }: CommandsWorld): Promise<void> {
  clock.advance(1_000);
  const lastModifiedDate = instantOf(clock.nowMs());
  await put(opportunityKey, opportunityPayload({ reviewStatus: 'Submitted', lastModifiedDate }));
}
