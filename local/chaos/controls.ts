import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { RecordKey } from '../../lambdas/core/record.ts';
import { deliverId } from '../function-ids.ts';
import type { FunctionHost } from '../host/functions/function-host.ts';
import { clientSettings } from '../host/local-account.ts';
import type { Simulator } from '../partner-central/simulator-server.ts';
import type { Canaries } from './canaries.ts';
import type { ChaosReceiver } from './chaos-receiver.ts';
import type { ChaosStage } from './chaos-stage.ts';
import type { EventCarrier } from './event-carrier.ts';
import type { History } from './history.ts';
import type { Controls } from './nemesis.ts';
import type { RecordFaults } from './record-faults.ts';
import type { RowFaults } from './row-faults.ts';
import type { RowReports } from './row-reports.ts';
import { breakSecret } from './secret-faults.ts';
import type { SendingLog } from './sending-log.ts';
import type { StreamFaults } from './stream-faults.ts';

export interface ControlsDeps {
  /** @throws Error if the stage has not started yet */
  readonly chaos: () => ChaosStage;
  readonly simulator: () => Simulator | undefined;
  readonly receivers: () => readonly ChaosReceiver[];
  readonly stream: StreamFaults;
  readonly carrier: EventCarrier;
  readonly history: History;
  readonly sending: SendingLog;
  readonly rowReports: RowReports;
  readonly canaries: Canaries;
  readonly recordFaults: RecordFaults;
  readonly rowFaults: RowFaults;
  /** Returns the key of an opportunity by its number in the order of their creation, from 0. */
  readonly opportunity: (number: number) => RecordKey | undefined;
  readonly changeOpportunity: (id: string) => void;
}

/** Creates what the nemesis can do to a stage. */
export function createControls(deps: ControlsDeps): Controls {
  const {
    chaos,
    simulator,
    receivers,
    stream,
    history,
    sending,
    rowReports,
    canaries,
    recordFaults,
    rowFaults,
    opportunity,
    changeOpportunity,
  } = deps;
  const end = (id: string, endWorkers: (host: FunctionHost) => number): number => {
    const ended = endWorkers(chaos().stage.functions.get(id));
    if (ended > 0) rowReports.onFault(id);
    if (id === deliverId) for (let each = 0; each < ended; each += 1) sending.onWorkerEnded();
    return ended;
  };
  const endAllWorkers = (): void => {
    for (const { id } of chaos().stage.functions.all()) end(id, (host) => host.killAll());
  };
  return {
    endWorker: (id) => end(id, (host) => (host.kill() === undefined ? 0 : 1)),
    endBusyWorkers: (id) => end(id, (host) => host.killBusy()),
    stallStream: (forMs) => stream.stall(chaos().stage, forMs),
    rereadStream: () => stream.reread(chaos().stage),
    purge: (queueId) => purge(queueId, deps),
    makeEndless: (tokens) => simulator()?.makeEndless(tokens && { tokens, operations: ['ListSolutions'] }),
    throttlePartnerCentral: (forMs) => simulator()?.throttleFor(forMs),
    breakSecret: (secret) => {
      // Workers cache secrets for a minute: a new one must read the secret.
      end(deliverId, (host) => (host.kill() === undefined ? 0 : 1));
      const { endpoints } = chaos().stage;
      return breakSecret(secret, {
        client: new SecretsManagerClient(clientSettings(endpoints.AWS_ENDPOINT_URL_SECRETS_MANAGER)),
        secretOf: (endpointId) =>
          receivers().find(({ subscription }) => subscription.id === endpointId)?.secret ?? '',
        invalid: canaries.plant(),
      });
    },
    eraseRecord: async (number) => {
      const key = opportunity(number);
      if (!key) return;
      await recordFaults.erase(key);
      // What AWS sends after an erasure must not bring anything back.
      changeOpportunity(key.id);
    },
    restoreRecord: async (number, forMs) => {
      const key = opportunity(number);
      if (key) await recordFaults.restore(key, forMs, endAllWorkers);
    },
    editRow: (edit) => rowFaults.edit(edit),
    note: (text, functionId) => history.note([], text, functionId),
  };
}

/** Purges a queue, and records which events may be lost. */
async function purge(queueId: string, { chaos, carrier, history }: ControlsDeps): Promise<void> {
  const queue = chaos().queues.get(queueId);
  for (const id of queue?.openEventIds() ?? []) {
    const event = carrier.events.get(id);
    if (!event) continue;
    event.fate = 'purged';
    history.note(event.paths, `event ${id} may have been purged from ${queueId}`);
  }
  await queue?.purge();
}
