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

describe('a link that was learned', () => {
  it('joins the others, in one order', () => {
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
  ])('changes nothing where it tells nothing more certain (%#)', (known, again) => {
    const links = learned(known);
    expect(withLink(links, again)).toBe(links);
  });

  it.each(['snapshot', 'acceptance-task'] as const)('by %s takes the place of a guess', (via) => {
    expect(learned(link('O1', 'project-title'), link('O1', via))).toEqual([link('O1', via)]);
    expect(learned(link('O1', 'project-title'), link('O2', via))).toEqual([link('O2', via)]);
  });

  it('leaves a guess at another kind of record alone', () => {
    const guess = link('engi-1', 'project-title', 'engagement-invitation');
    expect(learned(guess, link('O1'))).toEqual([guess, link('O1')]);
  });
});

describe('a guess that is taken back', () => {
  it('leaves the other links', () => {
    const links = learned(link('eng-1', 'snapshot', 'engagement'), link('O1', 'project-title'));
    expect(withoutGuess(links, { kind: 'opportunity', id: 'O1' })).toEqual([
      link('eng-1', 'snapshot', 'engagement'),
    ]);
  });

  it.each([
    [link('O1'), { kind: 'opportunity', id: 'O1' }],
    [link('O1', 'project-title'), { kind: 'opportunity', id: 'O2' }],
    [link('O1', 'project-title'), { kind: 'engagement', id: 'O1' }],
  ] as const)('is none where it is exact, or leads elsewhere (%#)', (known, end) => {
    const links = learned(known);
    expect(withoutGuess(links, end)).toBe(links);
  });
});

describe('links learned in any order', () => {
  const kinds = fc.constantFrom<LinkedKind>('opportunity', 'engagement');
  const anyLink = fc.record({
    kind: kinds,
    id: fc.constantFrom('1', '2', '3'),
    via: fc.constantFrom(...linkBases),
  });

  it('hold all that is exact, sorted, and a guess only where its kind has nothing else', () => {
    fc.assert(
      fc.property(fc.array(anyLink, { maxLength: 8 }), (told) => {
        const links = learned(...told);
        expect(ends(links.filter(isExact))).toEqual(ends(told.filter(isExact)));
        for (const guess of links.filter((each) => !isExact(each)))
          expect(links.filter(({ kind }) => kind === guess.kind)).toEqual([guess]);
        expect([...ends(links)]).toEqual([...ends(links)].toSorted());
        expect(new Set(links.map(({ kind }) => kind))).toEqual(new Set(told.map(({ kind }) => kind)));
      }),
    );
  });
});
