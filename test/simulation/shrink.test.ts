import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrink } from '../../local/simulation/shrink.ts';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `fault ${index}`);

/** Shrinks ids, where exactly these are needed for the failure. */
async function shrinkTo(all: readonly string[], needed: readonly string[]) {
  const tried: (readonly string[])[] = [];
  const kept = await shrink(all, async (some) => {
    tried.push(some);
    return needed.every((id) => some.includes(id));
  });
  return { kept, tries: tried.length, tried };
}

/** A failure that needs no certain ids. */
const isFailing = async (some: readonly string[]) => some.length % 3 === 0 && some.length > 5;

/** The first id is needed while the second one is there. */
const isFailingWith = async (some: readonly string[]) =>
  some.includes('x') && some.includes('y') && (some.includes('first') || !some.includes('second'));

describe('shrink', () => {
  it('finds exactly the ids that a failure needs, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.array(fc.nat(59), { maxLength: 4 }), async (count, chosen) => {
        const all = ids(count);
        const needed = all.filter((_, index) => chosen.includes(index));
        expect((await shrinkTo(all, needed)).kept).toEqual(needed);
      }),
    );
  });

  it('finds a set from which no single id can be left out', async () => {
    const kept = await shrink(ids(30), isFailing);
    for (const id of kept) expect(await isFailing(kept.filter((each) => each !== id))).toBe(false);
    expect(await isFailing(kept)).toBe(true);
  });

  it('tries ids again that could not be left out before others were', async () => {
    expect(await shrink(['first', 'x', 'second', 'y'], isFailingWith)).toEqual(['x', 'y']);
  });

  it('leaves everything out if a failure needs nothing', async () => {
    expect((await shrinkTo(ids(50), [])).kept).toEqual([]);
  });

  it('tries nothing if there is nothing to leave out', async () => {
    expect(await shrinkTo([], [])).toEqual({ kept: [], tries: 0, tried: [] });
  });

  it('keeps everything if nothing can be left out', async () => {
    const all = ids(20);
    expect((await shrinkTo(all, all)).kept).toEqual(all);
  });

  it('tries few sets if a failure needs few ids', async () => {
    const { kept, tries } = await shrinkTo(ids(1_000), ['fault 17', 'fault 800']);
    expect([kept, tries < 100]).toEqual([['fault 17', 'fault 800'], true]);
  });

  it('stops after 250 tries with a set that fails', async () => {
    const all = ids(3_000);
    const needed = all.filter((_, index) => index % 7 === 0);
    const { kept, tries } = await shrinkTo(all, needed);
    expect(tries).toBe(250);
    expect(needed.every((id) => kept.includes(id))).toBe(true);
  });
});
