import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { onTestFinished } from 'vitest';
import type { Io } from '../../../bin/pcr/io.ts';
import { type Relay, relayOf } from '../../../bin/pcr/relay.ts';
import { run } from '../../../bin/pcr/run.ts';
import { plainScreen } from '../../../bin/pcr/screen.ts';
import { dynamodbDeliveryStore } from '../../../lambdas/adapters/dynamodb-delivery-store.ts';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { systemRandom } from '../../../lambdas/adapters/system-random.ts';
import type { Delivery } from '../../../lambdas/core/delivery.ts';
import type { Endpoint } from '../../../lambdas/core/endpoint.ts';
import { type DeliveryId, deliveryIdOf, type EndpointId } from '../../../lambdas/core/ids.ts';
import type { VersionRef } from '../../../lambdas/core/record.ts';
import type { Version } from '../../../lambdas/core/version.ts';
import type { Clock } from '../../../lambdas/ports/clock.ts';
import type { DeliveryStore } from '../../../lambdas/ports/delivery-store.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { appendVersion, leaveOutbox } from '../../builders/append-version.ts';
import { secretNamePrefix } from '../../builders/endpoints.ts';
import { messageIdFor, observation, versionOf } from '../../builders/versions.ts';
import type { DynamoDbUnderTest } from '../../conformance/dynamodb-under-test.ts';

/** `pcr` in this process, on real stores. Doorbell calls are recorded. */
export interface PcrUnderTest {
  readonly relay: Relay;
  /** Deliveries, with the writes of `fan-out` and `deliver`. */
  readonly store: DeliveryStore;
  readonly signalled: readonly DeliveryId[];
  /** Runs one command line. */
  run(...args: readonly string[]): Promise<Ran>;
  /** Interrupts the running command, like Ctrl-C. */
  interrupt(): void;
  /** Called for each doorbell call. May throw to simulate a failing stack. */
  onRing: (() => void) | undefined;
  /** Answer to every question. */
  answer: boolean;
  /** @default true */
  isOutputTerminal: boolean;
  /** @default the clock of the system */
  clock: Clock;
  /** Folder of what `pcr` keeps between commands. Removed after the test. */
  readonly stateFolder: string;
  /** Standard output of the running command so far. */
  printed(): readonly string[];
  /** Standard error of the running command so far. */
  notes(): readonly string[];
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function pcrOn(
  engine: DynamoDbUnderTest,
  endpoints: readonly Endpoint[],
): Promise<PcrUnderTest> {
  const outputs = new Map([
    ['RecordsTableName', await engine.emptyRecordTable()],
    ['WebhooksTableName', await engine.emptyWebhookTable()],
    ['ControlTableName', await engine.emptyControlTable()],
    ['EndpointSecretNamePrefix', secretNamePrefix],
    ['ClientSecretNamePrefix', 'clients/'],
    ['DeliveryQueueUrl', 'http://127.0.0.1:1/delivery'],
  ]);
  const at = await engine.client().config.endpoint?.();
  const settings = { ...clientSettings(`http://${at?.hostname}:${at?.port}`), maxAttempts: 1 };
  const found = relayOf(
    { name: 'PartnerCentralRelay', outputs },
    new CloudFormationClient(settings),
    settings,
  );
  const signalled: DeliveryId[] = [];
  const ring: Relay['doorbell']['ring'] = async (ids) => {
    pcr.onRing?.();
    signalled.push(...ids);
  };
  const relay = { ...found, doorbell: { ring } };
  const store = dynamodbDeliveryStore(relay.clients.dynamodb, relay.output('WebhooksTableName'));
  for (const each of endpoints) await relay.endpoints.add(each);
  let interruption = new AbortController();
  let out: string[] = [];
  let err: string[] = [];
  const pcr: PcrUnderTest = {
    relay,
    store,
    signalled,
    onRing: undefined,
    answer: true,
    isOutputTerminal: true,
    clock: systemClock,
    stateFolder: mkdtempSync(join(tmpdir(), 'pcr-state-')),
    printed: () => out,
    notes: () => err,
    interrupt: () => interruption.abort(),
    async run(...args) {
      interruption = new AbortController();
      out = [];
      err = [];
      const code = await run(args, ioOf(pcr, out, err, interruption.signal));
      return { code, out: out.join('\n'), err: err.join('\n') };
    },
  };
  onTestFinished(() => rmSync(pcr.stateFolder, { recursive: true }));
  return pcr;
}

function ioOf(pcr: PcrUnderTest, out: string[], err: string[], interrupted: AbortSignal): Io {
  return {
    print: (text) => void out.push(text),
    note: (text) => void err.push(text),
    out: plainScreen,
    err: plainScreen,
    isTerminal: false,
    isOutputTerminal: pcr.isOutputTerminal,
    async confirm(question) {
      err.push(question);
      return pcr.answer;
    },
    progress: () => ({ advance: () => undefined, of: () => undefined, end: () => undefined }),
    run,
    relay: async () => pcr.relay,
    stateFolder: pcr.stateFolder,
    clock: pcr.clock,
    random: systemRandom,
    interrupted: () => interrupted,
  };
}

/**
 * Stores opportunities with a number of versions each, and takes them out of the outbox.
 * @returns the versions in their order
 */
export async function storeOpportunities(
  { records }: Pick<Relay, 'records'>,
  opportunities: number,
  versionsEach: number,
): Promise<readonly Version[]> {
  const stored: Version[] = [];
  for (let number = 1; number <= opportunities; number += 1) {
    let before: Version | undefined;
    for (let version = 1; version <= versionsEach; version += 1) {
      const next: Version = versionOf(
        observation({
          key: { catalog: 'AWS', kind: 'opportunity', id: `O${1_000_000 + number}` },
          payload: {
            Catalog: 'AWS',
            Id: `O${1_000_000 + number}`,
            LifeCycle: { Stage: `Stage ${version}` },
            LastModifiedDate: `2026-03-01T10:0${version}:00.000Z`,
          },
          readAt: `2026-03-01T10:0${version}:02.000Z`,
        }),
        before,
      );
      await appendVersion(records, before, next, '2026-03-01T10:30:00.000Z');
      await leaveOutbox(records, next);
      stored.push(next);
      before = next;
    }
  }
  return stored;
}

export function deliveryOf(of: VersionRef | Version, endpointId: EndpointId): Delivery {
  const { catalog, kind, id, version } = of;
  const ref = { catalog, kind, id, version };
  const messageId = messageIdFor(of);
  return { id: deliveryIdOf(messageId, endpointId), messageId, endpointId, version: ref, wanted: true };
}
