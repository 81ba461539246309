import { describe, expect, it } from 'vitest';
import { breakPlugin, breaks } from '../../local/chaos/breaks.ts';

describe('breaks', () => {
  it.each(Object.keys(breaks))(
    'finds the text that --break %s replaces exactly once in the source',
    (name) => {
      const broken = breaks[name];
      expect(broken && breakPlugin(broken).name).toBe('chaos-break');
    },
  );

  it('refuses a break that would change nothing', () => {
    const replacements = [{ file: 'core/ids.ts', from: 'no such text', to: '' }];
    expect(() => breakPlugin({ what: 'nothing', replacements })).toThrow(
      'lambdas/core/ids.ts contains the text to replace 0 times, not once',
    );
  });

  it('refuses a break that would change two places', () => {
    const replacements = [{ file: 'core/ids.ts', from: 'derived(', to: 'derived(' }];
    expect(() => breakPlugin({ what: 'too much', replacements })).toThrow('times, not once');
  });
});
