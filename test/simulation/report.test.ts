import { describe, expect, it } from 'vitest';
import { faultKinds } from '../../local/simulation/faults.ts';
import { foundLines, summaryLines, Totals, violationLines } from '../../local/simulation/report.ts';
import type { Shortest, SimulationReport } from '../../local/simulation/task.ts';
import { Changes } from '../../local/simulation/world.ts';

const violation = { promise: 2, path: 'AWS/opportunity/O1', what: 'version 3 is older' } as const;
const shortest: Shortest = {
  violation,
  only: ['change 3', 'event-lost 1'],
  hash: '0123456789abcdef',
  lines: ['line 1', 'line 2'],
};

function report(of: Partial<SimulationReport> = {}): SimulationReport {
  return {
    seed: 7,
    hash: 'fedcba9876543210',
    events: 10,
    steps: 1_000,
    faults: {},
    met: {},
    violations: [],
    shortest: undefined,
    trace: [],
    ...of,
  };
}

function totalsOf(...reports: readonly SimulationReport[]): Totals {
  const totals = new Totals();
  for (const each of reports) totals.add(each);
  return totals;
}

describe('Totals', () => {
  it('add up what the seeds report', () => {
    const totals = totalsOf(
      report({ faults: { 'call-slow': 2 }, met: { Swept: 1 } }),
      report({ seed: 8, hash: 'last', faults: { 'call-slow': 1, 'event-lost': 4 }, met: { Swept: 2, A: 1 } }),
    );
    const result = totals.result(4_000);
    expect(result).toMatchObject({
      seeds: 2,
      events: 20,
      steps: 2_000,
      elapsedMs: 4_000,
      seedsPerSecond: 0.5,
      hash: undefined,
      met: { A: 1, Swept: 3 },
      violations: [],
    });
    expect(result.faults).toMatchObject({ 'call-slow': 3, 'event-lost': 4, 'call-refused': 0 });
  });

  it('keep the hash of a single seed', () => {
    expect(totalsOf(report()).result(1).hash).toBe('fedcba9876543210');
  });

  it('name the faults that never struck', () => {
    const { neverMet } = totalsOf(report({ faults: { 'call-slow': 1, 'event-lost': 0 } })).result(1);
    expect(neverMet).toEqual(faultKinds.filter((kind) => kind !== 'call-slow'));
  });

  it('keep every violation with its seed', () => {
    const totals = totalsOf(report({ violations: [violation, { promise: 6, what: 'logged' }], shortest }));
    expect(totals.violations).toEqual([
      { seed: 7, ...violation },
      { seed: 7, promise: 6, path: undefined, what: 'logged' },
    ]);
  });
});

describe('foundLines', () => {
  it('print nothing for a seed without a violation', () => {
    expect(foundLines(report())).toEqual([]);
  });

  it('print the first violation of a seed in one line, and how many more there are', () => {
    const logged = { promise: 6, what: 'found in a log' } as const;
    expect([
      ...foundLines(report({ violations: [violation] })),
      ...foundLines(report({ violations: [logged, violation, violation] })),
    ]).toEqual([
      'seed 7: promise 2, nothing goes backwards: VIOLATED: AWS/opportunity/O1 version 3 is older',
      'seed 7: promise 6, no secret or personal data in logs, queues or errors: VIOLATED: found in a log, and 2 more violations',
    ]);
  });
});

describe('violationLines', () => {
  it('print nothing for a seed whose history was not shortened', () => {
    expect(violationLines(report(), 'npm run simulate --')).toEqual([]);
  });

  it('print the promise, the history and the command that repeats it', () => {
    expect(violationLines(report({ violations: [violation], shortest }), 'npm run simulate --')).toEqual([
      'seed 7, the shortest history: promise 2, nothing goes backwards: VIOLATED',
      '    AWS/opportunity/O1 version 3 is older',
      '    line 1',
      '    line 2',
      "  Repeat it: npm run simulate -- --seeds 1 --seed 7 --only 'change 3,event-lost 1' --expect 0123456789abcdef --trace",
    ]);
  });

  it('print the end of a long history', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    const printed = violationLines(
      report({ violations: [violation], shortest: { ...shortest, lines } }),
      'npm run simulate --',
    );
    expect(printed).toHaveLength(2 + 1 + 120 + 1);
    expect([printed[2], printed.at(-2)]).toEqual(['    …', '    line 499']);
  });
});

describe('summaryLines', () => {
  it('say how much was played, which faults never struck, and that every promise held', () => {
    const faults = Object.fromEntries(faultKinds.map((kind) => [kind, kind === 'call-slow' ? 0 : 1]));
    expect(summaryLines(totalsOf(report({ faults }), report()).result(2_000))).toEqual([
      `2 seeds, 20 events, ${faultKinds.length - 1} faults, 2000 steps in 2.0 s: 1 seeds a second`,
      'Faults that never struck: call-slow',
      'Every promise held.',
    ]);
  });

  it('do not say which faults never struck in one seed, which switches only some on', () => {
    expect(summaryLines(totalsOf(report()).result(1_000))).toEqual([
      '1 seed, 10 events, 0 faults, 1000 steps in 1.0 s: 1 seeds a second',
      'Every promise held.',
    ]);
  });

  it('say how many seeds have violations', () => {
    const bad = report({ violations: [violation, violation], shortest });
    expect(summaryLines(totalsOf(bad, report({ seed: 8 }), bad).result(1)).at(-1)).toBe(
      '1 seed with 4 violations.',
    );
  });
});

describe('Changes', () => {
  it('number the changes and let all of them happen without a list', () => {
    const changes = new Changes(undefined);
    expect([changes.mayChange(), changes.mayChange()]).toEqual([true, true]);
    expect(changes.made).toEqual(['change 1', 'change 2']);
  });

  it('let only the changes of the list happen, with the numbers that they had without it', () => {
    const changes = new Changes(new Set(['change 2', 'event-lost 1']));
    expect([changes.mayChange(), changes.mayChange(), changes.mayChange()]).toEqual([false, true, false]);
    expect(changes.made).toEqual(['change 2']);
  });
});
