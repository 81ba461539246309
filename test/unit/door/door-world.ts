import type { Client } from '../../../lambdas/core/client.ts';
import { commandIdOf } from '../../../lambdas/core/command-state.ts';
import type { EnabledAction } from '../../../lambdas/core/enabled-actions.ts';
import { isJsonObject, type JsonObject } from '../../../lambdas/core/json.ts';
import { parseJson } from '../../../lambdas/core/json-text.ts';
import { ServiceError } from '../../../lambdas/core/service-error.ts';
import type { SigningSecret } from '../../../lambdas/core/signature.ts';
import { composeDoor } from '../../../lambdas/door/compose.ts';
import type { DoorMetric } from '../../../lambdas/door/contract.ts';
import { signingClient } from '../../builders/clients.ts';
import { type SignedRequestOptions, signedRequest } from '../../builders/signed-requests.ts';
import { inMemoryClientStore } from '../../fakes/in-memory-client-store.ts';
import { inMemoryRequestCounter } from '../../fakes/in-memory-request-counter.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { recordedMetrics } from '../../fakes/recorded-metrics.ts';
import { commandsWorld } from '../commands/commands-world.ts';

/** A secret of 32 bytes. @param fill each of its bytes */
export const secretOf = (fill: number): SigningSecret => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;

export type Signed = Partial<SignedRequestOptions>;

/** The signed door above the fakes, with one client `crm`. Every read of a client is counted. */
export async function doorWorld(of: Partial<Client> = {}, enabled?: readonly EnabledAction[]) {
  const world = await commandsWorld(enabled);
  const clients = inMemoryClientStore([signingClient(of)]);
  const secrets = new Map<string, readonly SigningSecret[]>([['crm', [secretOf(1)]]]);
  const reads = { clients: 0, secrets: 0 };
  const requests = new Map<string, number>();
  const log = recordedLog();
  const metrics = recordedMetrics<DoorMetric>();
  const newWorker = () =>
    composeDoor(
      { env: { COMMANDS: world.deps.enabled, TIME_SCALE: 1 }, log, metrics },
      {
        ...world.deps,
        clock: world.clock,
        counter: inMemoryRequestCounter(requests),
        clients: {
          find(id) {
            reads.clients += 1;
            return clients.find(id);
          },
        },
        secrets: {
          async read(clientId) {
            reads.secrets += 1;
            const found = secrets.get(clientId);
            if (found) return found;
            throw new ServiceError('secret.unusable', { clientId, error: 'ResourceNotFoundException' });
          },
        },
      },
    );
  const door = newWorker();
  const nowMs = () => world.clock.nowMs();
  const requestOf = (options: Signed) =>
    signedRequest({ secrets: [secretOf(1)], key: 'deal-1', nowMs: nowMs(), ...options });
  return {
    ...world,
    log,
    metrics,
    clients,
    secrets,
    reads,
    /** Until when each client is busy: what a counted request writes. */
    requests,
    newWorker,
    requestOf,
    /** Answers a signed request. Without other options the current secret signs it now. */
    async send(options: Signed, worker = door) {
      const { statusCode, headers, body } = await worker(requestOf(options));
      const members = parseJson(body);
      if (!isJsonObject(members)) throw new Error('the body is no object');
      return { statusCode, headers, members };
    },
    find: (key: string, client = 'crm') =>
      world.records.current({ catalog: 'AWS', kind: 'command', id: commandIdOf(client, key) }),
  };
}

export const nothingStored = { commands: 0, lines: 0, contents: 0, intents: 0 };

export function bodyOf(request: JsonObject): string {
  return JSON.stringify(request);
}
