import { join } from 'node:path';
import { expect } from 'vitest';
import { awsSummaryPayload, spend, teamMember } from '../../builders/payloads.ts';
import { opportunityKey } from '../../builders/versions.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { deliveryOf, type PcrUnderTest } from './pcr-under-test.ts';
import { dealOn, observedAt } from './stored-history.ts';

/** As many digits as AWS's model allows. */
export const amount = '1234567890123456789012345678901.23';
/** In every value of `history` that is personal data. */
export const secret = 'Rosalind';

/** A deal with AWS's side of it, whose names, texts and amount are personal data. */
export const history = [
  dealOn('2026-03-01', 'O1000001', { title: `${secret}'s lake`, companyName: `${secret} Corp`, amount: '1' }),
  dealOn(
    '2026-03-02',
    'O1000001',
    { stage: 'Closed Lost', title: `=${secret}`, companyName: `${secret} Corp`, nextSteps: `Call ${secret}` },
    {
      PartnerOpportunityIdentifier: `${secret}-1`,
      Project: { Title: `=${secret}`, ExpectedCustomerSpend: [spend(amount)] },
      LifeCycle: { Stage: 'Closed Lost', ClosedLostReason: 'Price', NextSteps: `Call ${secret}` },
      OpportunityTeam: [teamMember('Opportunity Owner', `${secret}@partner.example.com`, secret)],
    },
  ),
  observedAt(
    '2026-03-02T12:00:00.000Z',
    { catalog: 'AWS', kind: 'aws-opportunity-summary', id: 'O1000001' },
    {
      ...awsSummaryPayload({ engagementScore: 'High', lifeCycle: { Stage: 'Qualified' } }),
      OpportunityTeam: [teamMember('AWS Sales Rep', `${secret}@aws.example.com`, secret)],
    },
  ),
];

/** Runs an export into a new folder. @returns the folder */
export async function exported(pcr: PcrUnderTest, ...args: readonly string[]): Promise<string> {
  const folder = join(temporaryFolder(), 'out');
  const { code, err } = await pcr.run('export', ...args, '--out', folder);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return folder;
}

/** Stores a delivery of this version whose only attempt was refused. */
export async function storeDelivery({ store }: PcrUnderTest, version: number): Promise<void> {
  const now = `2026-03-0${version}T10:00:00.000Z` as const;
  const delivery = deliveryOf({ ...opportunityKey, version }, 'ep_crm');
  await store.add(delivery, now);
  const claimed = await store.claim(delivery.id, now, '2026-03-09T10:00:00.000Z');
  const attempt = { number: 1, startedAt: now, durationMs: 20, outcome: 'refused', status: 400 } as const;
  if (!claimed) throw new Error(`${delivery.id} was not claimed`);
  await store.settle(
    claimed,
    { ...attempt, answer: `no ${secret}` },
    { status: 'exhausted', reason: 'done' },
  );
}
