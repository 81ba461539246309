import { describe, expect, it } from 'vitest';
import { generateDeal } from '../../../local/partner-central/model/opportunity-body.ts';
import { seededRandom } from '../../../local/partner-central/seeded-random.ts';

const random = seededRandom(1);
const deals = Array.from({ length: 200 }, () => generateDeal(random, Date.UTC(2026, 2, 1)));
const texts = deals.flatMap(({ companyName, title, problem }) => [companyName, title, problem]).join(' ');

describe('simulated deals', () => {
  it.each([
    ['Japanese or Chinese characters', /\p{Script=Han}/u],
    ['Arabic, which is written from right to left', /\p{Script=Arabic}/u],
    ['Hebrew, which is written from right to left', /\p{Script=Hebrew}/u],
    ['characters beyond 16 bits', /[\u{10000}-\u{10ffff}]/u],
    ['combining characters', /\p{M}/u],
    ['quotation marks', /["']/],
    ['angle brackets', /<b>/],
    ['backslashes', /\\/],
    ['line breaks', /\n/],
  ])('have texts with %s', (_, pattern) => {
    expect(texts).toMatch(pattern);
  });

  it('have texts as long as AWS accepts, and none longer', () => {
    expect(Math.max(...deals.map(({ problem }) => problem.length))).toBe(2_000);
    expect(Math.max(...deals.map(({ companyName }) => companyName.length))).toBeLessThanOrEqual(120);
    expect(Math.max(...deals.map(({ title }) => title.length))).toBeLessThanOrEqual(255);
    expect(texts.isWellFormed()).toBe(true);
  });
});
