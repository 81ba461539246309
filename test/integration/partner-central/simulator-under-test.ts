import {
  GetAwsOpportunitySummaryCommand,
  GetEngagementCommand,
  GetEngagementInvitationCommand,
  GetOpportunityCommand,
  PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { it as base } from 'vitest';
import { textAt } from '../../../lambdas/core/json.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import type { PartnerEventEnvelope } from '../../../local/partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../../../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import {
  type Simulator,
  type SimulatorProps,
  startSimulator,
} from '../../../local/partner-central/simulator-server.ts';

export function simulatedPartner({ seed = 1, startMs = Date.parse('2026-03-01T10:00:00.250Z') } = {}) {
  const clock = { nowMs: startMs };
  const events: PartnerEventEnvelope[] = [];
  const partner = new SimulatedPartner({
    random: seededRandom(seed),
    nowMs: () => clock.nowMs,
    accountId: '111122223333',
    emit: (event) => events.push(event),
  });
  return { partner, events, clock };
}

export interface RunningSimulator extends ReturnType<typeof simulatedPartner> {
  readonly simulator: Simulator;
  readonly client: PartnerCentralSellingClient;
}

interface Fixtures extends RunningSimulator {
  /** Registers a function that runs after the test. The latest runs first. */
  readonly cleanUp: (run: () => Promise<void> | void) => void;
  /** Starts a simulator of a new partner. It stops after the test. */
  readonly startSimulator: (props?: Partial<SimulatorProps>) => Promise<RunningSimulator>;
  /** Creates a client that does not retry by default. */
  readonly connect: (url: string, maxAttempts?: number) => PartnerCentralSellingClient;
  /** A simulator with default properties, started on first use. */
  readonly running: RunningSimulator;
}

export const it = base.extend<Fixtures>({
  cleanUp: async ({ onTestFinished }, use) => use(onTestFinished),
  connect: async ({ cleanUp }, use) => {
    await use((endpoint, maxAttempts = 1) => {
      const client = new PartnerCentralSellingClient({ ...clientSettings(endpoint), maxAttempts });
      cleanUp(() => client.destroy());
      return client;
    });
  },
  startSimulator: async ({ cleanUp, connect }, use) => {
    await use(async (props = {}) => {
      const simulated = simulatedPartner();
      const simulator = await startSimulator({ partner: simulated.partner, ...props });
      cleanUp(simulator.stop);
      return { ...simulated, simulator, client: connect(simulator.url) };
    });
  },
  running: async ({ startSimulator: start }, use) => {
    await use(await start());
  },
  partner: async ({ running }, use) => use(running.partner),
  events: async ({ running }, use) => use(running.events),
  clock: async ({ running }, use) => use(running.clock),
  simulator: async ({ running }, use) => use(running.simulator),
  client: async ({ running }, use) => use(running.client),
});

export async function rawCall(url: string, operation: string, body: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AWSPartnerCentralSelling.${operation}`,
    },
    body,
  });
  return { status: response.status, text: await response.text() };
}

export function opportunity(id: string, catalog = 'AWS') {
  return new GetOpportunityCommand({ Catalog: catalog, Identifier: id });
}

export function summary(id: string) {
  return new GetAwsOpportunitySummaryCommand({ Catalog: 'AWS', RelatedOpportunityIdentifier: id });
}

export function invitation(id: string) {
  return new GetEngagementInvitationCommand({ Catalog: 'AWS', Identifier: id });
}

export function engagement(id: string, catalog = 'AWS') {
  return new GetEngagementCommand({ Catalog: catalog, Identifier: id });
}

export function engagementIdOf(partner: SimulatedPartner, invitationId: string): string {
  return textAt(bodyOf(partner, `AWS/engagement-invitation/${invitationId}`), 'EngagementId') ?? '';
}

export function bodyOf(partner: SimulatedPartner, path: string) {
  const record = partner.truth().get(path);
  if (!record) throw new Error(`no record ${path}`);
  return record.body;
}
