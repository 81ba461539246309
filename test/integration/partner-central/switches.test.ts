import { ListOpportunitiesCommand, ListSolutionsCommand } from '@aws-sdk/client-partnercentral-selling';
import { describe, expect } from 'vitest';
import { textAt } from '../../../lambdas/core/json.ts';
import { parseJson } from '../../../lambdas/core/json-text.ts';
import { oddNumber, oddTimestamp } from '../../../local/partner-central/model/odd-values.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';
import { throttleForms } from '../../../local/partner-central/wire/wire-error.ts';
import { it, opportunity, rawCall } from './simulator-under-test.ts';

describe('simulator', () => {
  it('throttles by every name and status that AWS uses, and counts each as throttled', async ({
    partner,
    simulator,
  }) => {
    const id = partner.createOpportunity('AWS');
    simulator.throttleAs(throttleForms);
    simulator.throttleFor(60_000);
    const answers: unknown[] = [];
    for (const _ of throttleForms) {
      const input = JSON.stringify({ Catalog: 'AWS', Identifier: id });
      const { status, text } = await rawCall(simulator.url, 'GetOpportunity', input);
      answers.push({ name: textAt(parseJson(text), '__type')?.split('#')[1], status });
    }
    expect(answers).toEqual(throttleForms);
    expect(simulator.throttled()).toBe(throttleForms.length);
    expect(simulator.reads()).toBe(0);
  });

  it.for(['same', 'new'] as const)(
    'repeats the first page of a list without end with %s tokens',
    async (tokens, { partner, simulator, client }) => {
      const id = partner.createOpportunity('AWS');
      simulator.makeEndless({ tokens, operations: ['ListOpportunities'] });
      const seen: (string | undefined)[] = [];
      let NextToken: string | undefined;
      for (let page = 0; page < 4; page += 1) {
        const answer = await client.send(new ListOpportunitiesCommand({ Catalog: 'AWS', NextToken }));
        expect(answer.OpportunitySummaries).toMatchObject([{ Id: id }]);
        NextToken = answer.NextToken;
        seen.push(NextToken);
      }
      expect(new Set(seen).size).toBe(tokens === 'same' ? 1 : 4);
      expect(seen).not.toContain(undefined);
      const solutions = await client.send(new ListSolutionsCommand({ Catalog: 'AWS', MaxResults: 100 }));
      expect(solutions.NextToken).toBeUndefined();
      simulator.makeEndless(undefined);
      const last = await client.send(new ListOpportunitiesCommand({ Catalog: 'AWS', NextToken }));
      expect(last.NextToken).toBeUndefined();
    },
  );

  it('lists an opportunity by the time of its change if its timestamp cannot be read', async ({
    clock,
    partner,
    simulator,
    client,
  }) => {
    const id = partner.createOpportunity('AWS');
    clock.nowMs += 60_000;
    const AfterLastModifiedDate = new Date(clock.nowMs);
    partner.updateOpportunity(id, {
      patch: { LastModifiedDate: '2026-03-01 10:01', Project: { Title: 'New' } },
    });
    // The SDK refuses to read such a timestamp.
    const input = JSON.stringify({ Catalog: 'AWS', LastModifiedDate: { AfterLastModifiedDate } });
    const { text } = await rawCall(simulator.url, 'ListOpportunities', input);
    expect(parseJson(text)).toMatchObject({ OpportunitySummaries: [{ Id: id }] });
    partner.updateOpportunity(id);
    expect((await client.send(opportunity(id))).LastModifiedDate?.getTime()).toBe(clock.nowMs);
  });

  it('sends numbers that JavaScript cannot hold with all their digits', async ({ partner, simulator }) => {
    const id = partner.createOpportunity('AWS');
    const random = seededRandom(3);
    const numbers = Array.from({ length: 60 }, () => oddNumber(random));
    partner.alter('opportunity', id, { Numbers: numbers });
    const input = JSON.stringify({ Catalog: 'AWS', Identifier: id });
    const { text } = await rawCall(simulator.url, 'GetOpportunity', input);
    for (const number of ['9007199254740993', '12345678901234567890', '1e400', '1e-200'])
      expect(text).toMatch(new RegExp(`[[,]${number}[,\\]]`));
    expect(parseJson(text)).toMatchObject({ Numbers: numbers });
  });
});

describe('oddTimestamp', () => {
  it('gives texts of other forms, other types and earlier times, the same for the same seed', () => {
    const nowMs = Date.parse('2026-03-01T10:00:00.250Z');
    const some = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 200 }, () => oddTimestamp(random, nowMs));
    };
    expect(some(1)).toEqual(some(1));
    for (const odd of [
      '2026-03-01T10:00Z',
      '2026-03-01T10:00:00',
      '',
      null,
      nowMs,
      '2026-03-01T10:00:00.200Z',
    ])
      expect(some(1)).toContain(odd);
  });
});
