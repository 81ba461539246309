import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { longestLagMs } from '../core/freshness.ts';
import { longestCallMs } from '../core/judge.ts';
import { parseLineDoorbell } from '../core/line-doorbell.ts';
import { outboxGraceMs } from '../core/retry-schedule.ts';
import type { WriteOperation } from '../core/write-operation.ts';
import type { PartnerCentral } from '../ports/partner-central.ts';
import type { PartnerCentralWrites } from '../ports/partner-central-writes.ts';
import type { Quota } from '../ports/quota.ts';
import type { QuotaLedgerStore } from '../ports/quota-ledger-store.ts';
import type { ParkedQueue } from '../ports/work-queue.ts';
import { readLimiters } from '../quota/read-limiter.ts';
import { writeLimiters } from '../quota/write-limiter.ts';
import type { RuntimeWith } from '../runtime/runtime.ts';
import { answerDoorbells } from '../runtime/sqs-batch.ts';
import { actBatch } from './act-batch.ts';
import { actContract, scaledLeaseMs } from './contract.ts';
import type { ActDeps } from './deps.ts';
import { longestReadAgeMs } from './send-command.ts';

/** How long a read waits for its permit, and the answer to an invitation. */
const patienceMs = 10_000;

/** What `act` uses of its surroundings. */
export interface ActPorts
  extends Pick<
    ActDeps,
    'commands' | 'commandSwitch' | 'records' | 'index' | 'doorbell' | 'clock' | 'random'
  > {
  readonly ledger: (calls: 'reads' | 'writes') => QuotaLedgerStore;
  readonly partnerCentral: (quota: Quota) => PartnerCentral;
  readonly writes: (quota: Quota) => PartnerCentralWrites;
  readonly parked: ParkedQueue;
}

type ActRuntime = RuntimeWith<
  typeof actContract,
  | 'COMMANDS'
  | 'READS_PER_DAY'
  | 'READS_PER_SECOND'
  | 'REJECTED_INVITATIONS'
  | 'TIME_SCALE'
  | 'WRITES_PER_DAY'
  | 'WRITES_PER_SECOND'
>;

/** Composes `act` at cold start. Returns the function that answers one batch of doorbells. */
export function composeAct(
  runtime: ActRuntime,
  { ledger, parked, ...ports }: ActPorts,
): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { env, log, metrics } = runtime;
  const timeScale = env.TIME_SCALE;
  const limiters = composeLimiters(runtime, { ledger, ...ports });
  const deps: ActDeps = {
    ...ports,
    partnerCentral: ports.partnerCentral(limiters.reads),
    writes: byOperation(ports.writes(limiters.commands), ports.writes(limiters.invitations)),
    enabled: env.COMMANDS,
    redactRejected: env.REJECTED_INVITATIONS === 'redact',
    outboxGraceMs: outboxGraceMs(timeScale),
    lagMs: longestLagMs * timeScale,
    callMs: longestCallMs * timeScale,
    leaseMs: scaledLeaseMs(timeScale),
    timeScale,
    log,
    metrics,
  };
  return (event) =>
    answerDoorbells(
      event,
      { log, metrics, parked },
      {
        parse: parseLineDoorbell,
        work: (lines) => actBatch(lines, deps),
      },
    );
}

function composeLimiters(
  { env, log, metrics }: ActRuntime,
  { ledger, clock, random }: Pick<ActPorts, 'ledger' | 'clock' | 'random'>,
) {
  const shared = { writer: `${actContract.name}-${random.next()}`, clock, random, log, metrics };
  const limitReads = readLimiters({
    ...shared,
    ledger: ledger('reads'),
    limits: { perSecond: env.READS_PER_SECOND, perDay: env.READS_PER_DAY },
  });
  const limitWrites = writeLimiters({
    ...shared,
    ledger: ledger('writes'),
    limits: { perSecond: env.WRITES_PER_SECOND, perDay: env.WRITES_PER_DAY },
  });
  return {
    reads: limitReads({ purpose: 'record', patienceMs }),
    commands: limitWrites({ purpose: 'command', patienceMs: longestReadAgeMs }),
    invitations: limitWrites({ purpose: 'invitation', patienceMs }),
  };
}

const invitationOperations: readonly WriteOperation[] = [
  'AcceptEngagementInvitation',
  'RejectEngagementInvitation',
  'StartEngagementByAcceptingInvitationTask',
];

/** An invitation expires, so its answer has a higher priority at the quota. */
function byOperation(
  commands: PartnerCentralWrites,
  invitations: PartnerCentralWrites,
): PartnerCentralWrites {
  return {
    write: (operation, body, isCurrent) =>
      (invitationOperations.includes(operation) ? invitations : commands).write(operation, body, isCurrent),
  };
}
