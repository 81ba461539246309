import { dynamodbQuotaLedger } from '../../lambdas/adapters/dynamodb-quota-ledger.ts';
import { type Instant, instantOf } from '../../lambdas/core/instant.ts';
import { callsOfDay, hoursOfDay } from '../../lambdas/quota/ledger.ts';
import { parseLedger } from '../../lambdas/quota/ledger-item.ts';
import type { DeployedSettings } from './deployed-settings.ts';
import type { Io } from './io.ts';
import type { Relay } from './relay.ts';

/** How much of a quota of Partner Central this stack has used. */
export interface QuotaUse {
  readonly perSecond: number;
  readonly perDay: number;
  /** Calls in the last 24 hours, in whole hours. */
  readonly used: number;
  readonly left: number;
  /** Set after Partner Central throttled: all calls wait until then. */
  readonly closedUntil?: Instant | undefined;
  /** Calls by hour, e.g. `2026-03-01T10`. */
  readonly hours: Readonly<Record<string, number>>;
}

export async function quotaUse(
  { limits }: Pick<DeployedSettings, 'limits'>,
  { clients, output }: Pick<Relay, 'clients' | 'output'>,
  { clock }: Pick<Io, 'clock'>,
  calls: 'reads' | 'writes' = 'reads',
): Promise<QuotaUse> {
  const { item } = await dynamodbQuotaLedger(clients.dynamodb, output('ControlTableName'), calls).read();
  const nowMs = clock.nowMs();
  const ledger = item && parseLedger(item, { writer: 'pcr', nowMs, limits }).ledger;
  const used = callsOfDay(ledger, nowMs);
  const closedUntil = ledger?.closedUntil;
  return {
    ...limits,
    used,
    left: Math.max(0, limits.perDay - used),
    closedUntil: closedUntil !== undefined && closedUntil > instantOf(nowMs) ? closedUntil : undefined,
    hours: hoursOfDay(ledger, nowMs),
  };
}

/** Returns undefined if the stack takes no commands: then it writes nothing. */
export async function writeQuotaUse(
  relay: Pick<Relay, 'clients' | 'output' | 'outputs'>,
  io: Pick<Io, 'clock'>,
): Promise<QuotaUse | undefined> {
  if (!relay.outputs.has('CommandsUrl')) return undefined;
  const [perSecond, perDay] = [relay.output('WritesPerSecond'), relay.output('WritesPerDay')];
  const limits = { perSecond: Number(perSecond), perDay: Number(perDay) };
  return await quotaUse({ limits }, relay, io, 'writes');
}
