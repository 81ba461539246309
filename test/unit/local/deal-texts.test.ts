import { expect, it } from 'vitest';
import { writePlainDeal } from '../../../local/partner-central/model/deal-texts.ts';
import { generateDeal } from '../../../local/partner-central/model/opportunity-body.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';

const nowMs = Date.UTC(2026, 2, 1);

it('deals of npm start have short texts in one script, and few titles twice', () => {
  const random = seededRandom(7);
  const deals = Array.from({ length: 100 }, () => generateDeal(random, nowMs, writePlainDeal));
  for (const { companyName, title, problem, websiteUrl } of deals) {
    expect(title).toMatch(/^[\p{Script=Latin} ]+$/u);
    expect(title).toContain(` for ${companyName}`);
    expect(title.length).toBeLessThanOrEqual(60);
    expect(problem).toMatch(/^[A-Z].+\.$/);
    expect(new URL(websiteUrl).hostname).toMatch(/\.example\.com$/);
  }
  expect(new Set(deals.map(({ title }) => title)).size).toBeGreaterThan(95);
});

it('the texts of deals draw no random number, so that a seed plays the same with other texts', () => {
  const [plain, odd] = [seededRandom(7), seededRandom(7)];
  for (let deal = 0; deal < 20; deal += 1) {
    const { amount, closeDate, industry } = generateDeal(plain, nowMs, writePlainDeal);
    expect(generateDeal(odd, nowMs)).toMatchObject({ amount, closeDate, industry });
  }
  expect(plain()).toBe(odd());
});
