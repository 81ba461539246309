import { afterEach, describe, expect, it, vi } from 'vitest';
import { attemptLine, type SeenAttempt } from '../../../local/attempt-lines.ts';
import { resultLines, timeScaleLine } from '../../../local/report.ts';
import { verdictChecks } from '../../../local/result.ts';
import { Screen, wrapLine } from '../../../local/screen.ts';

const plain = (_: string, text: string) => text;

describe('wrapLine', () => {
  it('leaves a line alone that fits', () => {
    expect(wrapLine('• a deal is lost', 20)).toBe('• a deal is lost');
  });

  it('breaks between words and indents what follows like the text after a mark', () => {
    expect(wrapLine('• one two three four', 12)).toBe('• one two\n  three four');
    expect(wrapLine('  • one two three', 12)).toBe('  • one two\n    three');
    expect(wrapLine('  one two three', 10)).toBe('  one two\n  three');
  });

  it('does not count colors, and breaks no word', () => {
    const green = '\u001B[32m✓\u001B[39m';
    expect(wrapLine(`  ${green} one two`, 11)).toBe(`  ${green} one two`);
    expect(wrapLine(`• see https://example.com/a-long-page`, 10)).toBe(
      '• see\n  https://example.com/a-long-page',
    );
  });
});

describe('the colors of a screen', () => {
  afterEach(() => vi.unstubAllEnvs());
  const screen = new Screen(process.stdout);

  it.each([
    ['FORCE_COLOR', '1', '\u001B[32m✓\u001B[39m'],
    ['NO_COLOR', '1', '✓'],
  ])('obey %s', (name, value, painted) => {
    for (const each of ['FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS']) vi.stubEnv(each, undefined);
    vi.stubEnv(name, value);
    expect(screen.paint('green', '✓')).toBe(painted);
  });
});

describe('the result', () => {
  it('fits a terminal of 80 columns', () => {
    const result = {
      events: 10_000,
      reads: 10_000,
      versions: 10_000,
      messages: 10_000,
      delivered: 10_000,
      verified: 10_000,
      duplicateDeliveries: 100,
      lost: 0,
      stale: 0,
      parked: 3,
      elapsedMs: 1_000_000,
    };
    const checks = verdictChecks({ lost: [], stale: [], wrong: [] });
    const lines = resultLines(result, [], checks, plain);
    for (const line of [...lines, timeScaleLine]) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('the line of a webhook', () => {
  const seen: SeenAttempt = {
    atMs: Date.parse('2026-03-01T10:00:05.678Z'),
    endpointId: 'ep_local',
    answer: '204',
    isDelivered: true,
    version: { catalog: 'AWS', kind: 'opportunity', id: 'O1234567', version: 4 },
    type: 'opportunity.updated',
    isReplay: false,
  };

  it('has the time in UTC, the answer, the endpoint, the type, the record and its version', () => {
    expect(attemptLine(seen)).toBe('10:00:05Z 204 ep_local opportunity.updated O1234567 v4');
  });

  it('says that it is a replay or a test', () => {
    expect(attemptLine({ ...seen, isReplay: true })).toMatch(/ v4 \(replay\)$/);
    const version = { ...seen.version, catalog: 'Test' };
    expect(attemptLine({ ...seen, version })).toMatch(/ v4 \(test\)$/);
  });

  it('fits 80 columns, also with a long name', () => {
    const line = attemptLine({ ...seen, endpointId: `ep_${'a'.repeat(64)}`, isReplay: true });
    expect(line).toHaveLength(80);
    expect(line).toMatch(/… \(replay\)$/);
  });
});
