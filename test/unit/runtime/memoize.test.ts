import { expect, it } from 'vitest';
import { memoize } from '../../../lambdas/runtime/memoize.ts';

it('asks once per key, also while the answer is still awaited', async () => {
  const asked: string[] = [];
  const ask = memoize(async (key: string) => {
    asked.push(key);
    return key.toUpperCase();
  });
  expect(await Promise.all([ask('a'), ask('b'), ask('a')])).toEqual(['A', 'B', 'A']);
  expect(await ask('b')).toBe('B');
  expect(asked).toEqual(['a', 'b']);
});

it('gives everybody the same failure', async () => {
  let asked = 0;
  const ask = memoize(async () => {
    asked += 1;
    throw new Error('unavailable');
  });
  await expect(ask('a')).rejects.toThrow('unavailable');
  await expect(ask('a')).rejects.toThrow('unavailable');
  expect(asked).toBe(1);
});
