import { describe, expect, it } from 'vitest';
import { tokenGuard } from '../../../lambdas/core/page-tokens.ts';
import { beginProgress, type Progress, withNextToken } from '../../../lambdas/core/pass.ts';

const endless = expect.objectContaining({ code: 'partner-central.endless-list' });

describe('tokenGuard', () => {
  it('ends at the page without a token', () => {
    const hasNext = tokenGuard('ListSolutions', 3);
    expect(['a', 'b', undefined].map(hasNext)).toEqual([true, true, false]);
  });

  it('throws at a token that was returned before', () => {
    const hasNext = tokenGuard('ListSolutions', 100);
    expect(['a', 'b'].map(hasNext)).toEqual([true, true]);
    expect(() => hasNext('a')).toThrow(endless);
  });

  it('throws if there are more pages than expected', () => {
    const hasNext = tokenGuard('ListSolutions', 3);
    expect(['a', 'b'].map(hasNext)).toEqual([true, true]);
    expect(() => hasNext('c')).toThrow(endless);
  });
});

/** Follows a list until it ends or is found endless. Returns the number of pages. */
function follow(tokenOf: (page: number) => string | undefined): { pages: number; isEndless: boolean } {
  let progress: Progress = beginProgress('2026-03-01T10:00:00.000Z', false);
  for (;;) {
    const pages = progress.pages + 1;
    const next = withNextToken({ ...progress, pages }, progress.nextToken, tokenOf(pages));
    if (!next || next.nextToken === undefined) return { pages, isEndless: !next };
    progress = next;
  }
}

describe('withNextToken', () => {
  it.each([1, 2, 3, 7, 64, 100])('notices tokens that repeat after %s pages', (length) => {
    const { pages, isEndless } = follow((page) => `token-${page % length}`);
    expect(isEndless).toBe(true);
    expect(pages).toBeLessThanOrEqual(4 * length + 2);
  });

  it('follows a list of 4,000 pages to its end', () => {
    const list = follow((page) => (page === 4_000 ? undefined : `token-${page}`));
    expect(list).toEqual({ pages: 4_000, isEndless: false });
  });

  it('stops at 5,000 pages', () => {
    expect(follow((page) => `token-${page}`)).toEqual({ pages: 5_000, isEndless: true });
  });
});
