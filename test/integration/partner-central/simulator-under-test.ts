import {
  GetAwsOpportunitySummaryCommand,
  GetEngagementCommand,
  GetEngagementInvitationCommand,
  GetOpportunityCommand,
  PartnerCentralSellingClient,
} from '@aws-sdk/client-partnercentral-selling';
import { afterEach } from 'vitest';
import { textAt } from '../../../lambdas/core/json.ts';
import type { PartnerEventEnvelope } from '../../../local/partner-central/model/partner-events.ts';
import { SimulatedPartner } from '../../../local/partner-central/model/simulated-partner.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { type SimulatorProps, startSimulator } from '../../../local/partner-central/simulator-server.ts';

/** Run after each test, the latest first. */
export const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

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

export async function running(props: Partial<SimulatorProps> = {}) {
  const simulated = simulatedPartner();
  const simulator = await startSimulator({ partner: simulated.partner, ...props });
  cleanUps.push(simulator.stop);
  return { ...simulated, simulator, client: clientOf(simulator.url) };
}

export function clientOf(endpoint: string, maxAttempts = 1) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new PartnerCentralSellingClient({ region: 'us-east-1', endpoint, credentials, maxAttempts });
  cleanUps.push(() => client.destroy());
  return client;
}

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
