import { expect, it } from 'vitest';
import { breakPlugin, breaks } from '../../local/chaos/breaks.ts';

it.each(Object.keys(breaks))('what --break %s takes out stands in the source, once', (name) => {
  const broken = breaks[name];
  expect(broken && breakPlugin(broken).name).toBe('chaos-break');
});

it('a break that would change nothing is refused', () => {
  const replacements = [{ file: 'core/ids.ts', from: 'no such text', to: '' }];
  expect(() => breakPlugin({ what: 'nothing', replacements })).toThrow(
    'lambdas/core/ids.ts holds what is to be broken 0 times, not once',
  );
});

it('so is one that would change two places', () => {
  const replacements = [{ file: 'core/ids.ts', from: 'derived(', to: 'derived(' }];
  expect(() => breakPlugin({ what: 'too much', replacements })).toThrow('times, not once');
});
