import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isExact, type Link, linkBases, withLink, withoutGuess } from '../../../lambdas/core/link.ts';
import type { LinkedKind } from '../../../lambdas/core/message-type.ts';

function link(id: string, via: Link['via'] = 'snapshot', kind: LinkedKind = 'opportunity'): Link {
  return { kind, id, via };
}

function ends(links: readonly Link[]): ReadonlySet<string> {
  return new Set(links.map(({ kind, id }) => `${kind} ${id}`));
}

function learned(...links: readonly Link[]): readonly Link[] {
  return links.reduce<readonly Link[]>(withLink, []);
}

describe('withLink', () => {
  it('adds the link in sorted order', () => {
    const engagement = link('eng-1', 'snapshot', 'engagement');
    const expected = [engagement, link('O1'), link('O2')];
    expect(learned(link('O2'), engagement, link('O1'))).toEqual(expected);
    expect(learned(engagement, link('O1'), link('O2'))).toEqual(expected);
  });

  it.each([
    [link('O1'), link('O1')],
    [link('O1'), link('O1', 'acceptance-task')],
    [link('O1'), link('O1', 'project-title')],
    [link('O1', 'project-title'), link('O1', 'project-title')],
    [link('O1', 'project-title'), link('O2', 'project-title')],
    [link('O1', 'acceptance-task'), link('O2', 'project-title')],
  ])('returns the same array if the link is not more certain (%#)', (known, again) => {
    const links = learned(known);
    expect(withLink(links, again)).toBe(links);
  });

  it.each(['snapshot', 'acceptance-task'] as const)('replaces a guess by a link by %s', (via) => {
    expect(learned(link('O1', 'project-title'), link('O1', via))).toEqual([link('O1', via)]);
    expect(learned(link('O1', 'project-title'), link('O2', via))).toEqual([link('O2', via)]);
  });

  it('keeps a guess at another kind of record', () => {
    const guess = link('engi-1', 'project-title', 'engagement-invitation');
    expect(learned(guess, link('O1'))).toEqual([guess, link('O1')]);
  });
});

describe('withoutGuess', () => {
  it('keeps the other links', () => {
    const links = learned(link('eng-1', 'snapshot', 'engagement'), link('O1', 'project-title'));
    expect(withoutGuess(links, { kind: 'opportunity', id: 'O1' })).toEqual([
      link('eng-1', 'snapshot', 'engagement'),
    ]);
  });

  it.each([
    [link('O1'), { kind: 'opportunity', id: 'O1' }],
    [link('O1', 'project-title'), { kind: 'opportunity', id: 'O2' }],
    [link('O1', 'project-title'), { kind: 'engagement', id: 'O1' }],
  ] as const)('returns the same array for an exact link or another record (%#)', (known, end) => {
    const links = learned(known);
    expect(withoutGuess(links, end)).toBe(links);
  });
});

describe('withLink, in any order', () => {
  const kinds = fc.constantFrom<LinkedKind>('opportunity', 'engagement');
  const anyLink = fc.record({
    kind: kinds,
    id: fc.constantFrom('1', '2', '3'),
    via: fc.constantFrom(...linkBases),
  });

  it('keeps all exact links, sorted, and a guess only if there is no other link to its kind', () => {
    fc.assert(
      fc.property(fc.array(anyLink, { maxLength: 8 }), (added) => {
        const links = learned(...added);
        expect(ends(links.filter(isExact))).toEqual(ends(added.filter(isExact)));
        for (const guess of links.filter((each) => !isExact(each)))
          expect(links.filter(({ kind }) => kind === guess.kind)).toEqual([guess]);
        expect([...ends(links)]).toEqual([...ends(links)].toSorted());
        expect(new Set(links.map(({ kind }) => kind))).toEqual(new Set(added.map(({ kind }) => kind)));
      }),
    );
  });
});
