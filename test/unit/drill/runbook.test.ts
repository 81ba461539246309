import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drills } from '../../../local/drill/drills/drills.ts';
import { findUndocumentedSteps } from '../../../local/drill/mend.ts';
import { commandsIn, readAdvice } from '../../../local/drill/runbook.ts';

const runbook = readFileSync('docs/runbook.md', 'utf8');
const advice = readAdvice(runbook);

describe('the drills', () => {
  it.each(drills)(
    'the drill $alarm mends what it broke only by words and commands of the runbook',
    (drill) => {
      expect(drill.mend).not.toEqual([]);
      expect(findUndocumentedSteps(drill.mend, advice.get(drill.alarm) ?? '')).toEqual([]);
    },
  );

  it('each section of the runbook about an alarm says what its drill breaks', () => {
    const sections = runbook.split(/^### /m).slice(1);
    const drilled = sections
      .filter((section) => /^Drill: ./m.test(section))
      .map((text) => text.split('\n')[0] ?? '')
      .toSorted((a, b) => a.localeCompare(b));
    expect(drilled).toEqual(drills.map(({ alarm }) => alarm).toSorted((a, b) => a.localeCompare(b)));
  });

  it('a command or an instruction that the runbook does not print is found', () => {
    const text = 'Do: repair it, then `pcr rows retry PK\nSK`.\n\nDrill: `pcr doctor`.\n';
    const only = readAdvice(`### Rows\n\nMeans: broken.\n\n${text}\n## After\n`).get('Rows') ?? '';
    expect(only).toBe('repair it, then `pcr rows retry PK SK`.');
    expect(commandsIn(only)).toEqual(['pcr rows retry PK SK']);
    const steps = [{ command: 'pcr rows retry PK SK' }, { command: 'pcr doctor' }, { words: 'wait' }];
    expect(findUndocumentedSteps(steps, only)).toEqual(['pcr doctor', 'wait']);
  });
});
