import { describe, expect, it } from 'vitest';
import { Environment } from '../../local/simulation/environment.ts';
import { LogBook } from '../../local/simulation/log-book.ts';
import { timeLine } from '../../local/simulation/time-line.ts';
import { Trace, type TraceEntry } from '../../local/simulation/trace.ts';
import { smallWorld } from './small-world.ts';

type Note = readonly [atMs: number, who: string, what: string, fault?: string];

function digestOf(...notes: readonly Note[]): string {
  let nowMs = 0;
  const trace = new Trace(() => nowMs);
  for (const [atMs, who, what, fault] of notes) {
    nowMs = atMs;
    trace.note(who, what, fault);
  }
  return trace.digest();
}

describe('Trace', () => {
  it('keeps what happened in order, with its time', () => {
    const trace = new Trace(() => 7);
    trace.note('sweep 1', 'is invoked');
    trace.note('bus', 'loses event 1', 'event-lost 1');
    expect(trace.entries).toEqual([
      { atMs: 7, who: 'sweep 1', what: 'is invoked', fault: undefined },
      { atMs: 7, who: 'bus', what: 'loses event 1', fault: 'event-lost 1' },
    ]);
  });

  it('has a hash of 16 digits that everything but the numbers of faults changes', () => {
    const notes: readonly Note[] = [
      [1, 'a', 'b'],
      [2, 'c', 'd'],
    ];
    const hash = digestOf(...notes);
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect([digestOf(...notes), digestOf([1, 'a', 'b', 'event-lost 1'], [2, 'c', 'd'])]).toEqual([
      hash,
      hash,
    ]);
    const others = [
      digestOf([1, 'a', 'b']),
      digestOf([2, 'c', 'd'], [1, 'a', 'b']),
      digestOf([1, 'a', 'b'], [3, 'c', 'd']),
      digestOf([1, 'a', 'b'], [2, 'x', 'd']),
      digestOf([1, 'a', 'b'], [2, 'c', 'x']),
    ];
    expect(new Set([...others, hash]).size).toBe(6);
  });
});

describe('timeLine', () => {
  const startedAtMs = Date.parse('2031-05-06T10:00:00Z');
  const entries: readonly TraceEntry[] = [
    { atMs: startedAtMs, who: 'Partner Central', what: 'has state 1 of AWS/opportunity/O1' },
    { atMs: startedAtMs + 12_345, who: 'bus', what: 'loses event 1', fault: 'event-lost 1' },
    { atMs: startedAtMs + 26 * 3_600_000 + 61_001, who: 'sweep 1', what: 'answers' },
  ];

  it('prints the time since the start, who did what, and marks faults with their ids', () => {
    expect(timeLine(entries)).toEqual([
      '  0:00:00.000   Partner Central: has state 1 of AWS/opportunity/O1',
      '  0:00:12.345 ! bus: loses event 1  [event-lost 1]',
      ' 26:01:01.001   sweep 1: answers',
    ]);
  });

  it('prints what is about a record, and all faults', () => {
    expect(timeLine(entries, 'AWS/opportunity/O1').map((line) => line.slice(16))).toEqual([
      'Partner Central: has state 1 of AWS/opportunity/O1',
      'bus: loses event 1  [event-lost 1]',
    ]);
    expect(timeLine(entries, 'AWS/opportunity/O2')).toHaveLength(1);
  });

  it('cuts long lines', () => {
    const [line] = timeLine([{ atMs: 0, who: 'deliver 1', what: 'x'.repeat(1_000) }]);
    expect(line).toHaveLength(220);
  });

  it('prints nothing of an empty trace', () => {
    expect(timeLine([])).toEqual([]);
  });
});

describe('LogBook', () => {
  const { trace, scheduler } = smallWorld();
  const lines: string[] = [];
  const logBook = new LogBook({
    trace,
    onLine: ({ name }, text, entry) => void lines.push(name, text, JSON.stringify(entry)),
  });
  const { log, metrics } = logBook.connect(new Environment('sweep 1', scheduler, 0));

  it('counts lines and metrics, notes lines in the trace, and hands each to the checks', () => {
    log.warn('secret.degraded', { endpointId: 'ep_all', reason: undefined });
    log.info('secret.degraded', {});
    metrics.count('Swept', 3);
    metrics.count('Swept');
    metrics.count('Never', 0);
    metrics.level('OldestDueMinutes', 7);
    expect(Object.fromEntries(logBook.counts)).toEqual({ 'secret.degraded': 2, Swept: 4 });
    const text = '{"message":"secret.degraded","endpointId":"ep_all"}';
    expect(lines.slice(0, 3)).toEqual(['sweep 1', text, text]);
    expect(trace.entries[0]).toMatchObject({ who: 'sweep 1', what: `logs ${text}` });
  });
});
