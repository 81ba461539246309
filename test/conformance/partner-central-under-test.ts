import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, vi } from 'vitest';
import { sellingApiPartnerCentral } from '../../lambdas/adapters/selling-api-partner-central.ts';
import type { PartnerCentral } from '../../lambdas/ports/partner-central.ts';
import type { Quota } from '../../lambdas/ports/quota.ts';
import { startLoopbackServer } from '../../local/loopback-server.ts';
import { SimulatedPartner } from '../../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';
import { type Simulator, startSimulator } from '../../local/partner-central/simulator-server.ts';
import { unlimitedQuota } from '../fakes/unlimited-quota.ts';

/** Called after the request was read. `sent` is its body. */
export type Answering = (request: IncomingMessage, response: ServerResponse, sent: string) => void;

export interface PartnerCentralUnderTest {
  /** The adapter, configured as on the local stage. */
  readonly adapterFor: (endpoint: string, quota?: Quota) => PartnerCentral;
  readonly withSimulator: (
    quota?: Quota,
  ) => Promise<{ partner: SimulatedPartner; simulator: Simulator; api: PartnerCentral }>;
  /** Starts a scripted server, which adapters that are made from then on call. */
  readonly serve: (answer: Answering) => Promise<void>;
  /** The adapter with a scripted server. */
  readonly withServer: (answer: Answering, quota?: Quota) => Promise<PartnerCentral>;
}

/** The timeout of a read. */
export const timeoutMs = 1_000;

function useEndpoint(endpoint: string): void {
  vi.stubEnv('AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING', endpoint);
}

function adapterFor(endpoint: string, quota: Quota = unlimitedQuota()): PartnerCentral {
  useEndpoint(endpoint);
  return sellingApiPartnerCentral({ timeoutMs, quota });
}

export function usePartnerCentral(): PartnerCentralUnderTest {
  const cleanUps: (() => Promise<unknown>)[] = [];
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
  });
  const startServer = async (answer: Answering): Promise<string> => {
    const respond = async (request: IncomingMessage, response: ServerResponse) => {
      answer(request, response, await text(request));
    };
    const server = await startLoopbackServer((request, response) => void respond(request, response));
    cleanUps.push(server.stop);
    return server.url;
  };
  return {
    adapterFor,
    async withSimulator(quota) {
      const partner = new SimulatedPartner({
        random: seededRandom(1),
        nowMs: () => Date.parse('2026-03-01T10:00:00.250Z'),
        accountId: '111122223333',
        emit: () => undefined,
      });
      const simulator = await startSimulator({ partner });
      cleanUps.push(simulator.stop);
      return { partner, simulator, api: adapterFor(simulator.url, quota) };
    },
    serve: async (answer) => useEndpoint(await startServer(answer)),
    withServer: async (answer, quota) => adapterFor(await startServer(answer), quota),
  };
}

export function answering(status: number, body: string, contentType = 'application/json'): Answering {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': contentType }).end(body);
  };
}
