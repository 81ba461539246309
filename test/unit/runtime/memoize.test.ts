import { expect, it } from 'vitest';
import { memoize } from '../../../lambdas/runtime/memoize.ts';

it('memoize loads each key once, also while the result is pending', async () => {
  const asked: string[] = [];
  const ask = memoize(async (key: string) => {
    asked.push(key);
    return key.toUpperCase();
  });
  expect(await Promise.all([ask('a'), ask('b'), ask('a')])).toEqual(['A', 'B', 'A']);
  expect(await ask('b')).toBe('B');
  expect(asked).toEqual(['a', 'b']);
});

it('memoize returns the same error to all callers', async () => {
  let asked = 0;
  const ask = memoize(async () => {
    asked += 1;
    throw new Error('unavailable');
  });
  await expect(ask('a')).rejects.toThrow('unavailable');
  await expect(ask('a')).rejects.toThrow('unavailable');
  expect(asked).toBe(1);
});
