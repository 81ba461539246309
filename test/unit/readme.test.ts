import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { topics } from '../../lambdas/core/message-type.ts';
import { synthesize } from '../infra/synthesized-stack.ts';

const readme = readFileSync('README.md', 'utf8');

it('the README names every type and every topic', () => {
  expect(topics.length).toBeGreaterThan(9);
  const missing = topics.filter((topic) => {
    const [kind = '', what = ''] = topic.split('.');
    return !(readme.includes(`${kind}.`) && new RegExp(`\\b${what}\\b`).test(readme));
  });
  expect(missing).toEqual([]);
});

describe('the runbook', () => {
  const [, runbook = ''] = readme.split(/^## On call$|^### Working on it again$/m);
  const headings = new Map(
    runbook
      .split(/^### /m)
      .slice(1)
      .map((text): [string, string] => {
        const [name = '', ...said] = text.split('\n');
        return [name, said.join('\n')];
      }),
  );
  const alarms = synthesize().ofType('AWS::CloudWatch::Alarm');

  it('has a heading for every alarm of the stack, which links to it, and no other', () => {
    const anchors = alarms.map(
      ([, { AlarmDescription }]) => /README\.md#(\w+)$/.exec(String(AlarmDescription))?.[1] ?? 'none',
    );
    expect(anchors.length).toBeGreaterThan(10);
    expect(anchors.toSorted()).toEqual([...headings.keys()].map((name) => name.toLowerCase()).toSorted());
  });

  it.each([...headings])('%s says what it means, where to look and what to do', (_, said) => {
    expect(said).toMatch(/^\s*Means: .+\bLook: .+\bDo: ./s);
  });

  it('says how many alarms there are, and which of them are urgent', () => {
    expect(alarms).toHaveLength(11);
    expect(runbook).toContain('Eleven alarms');
    const [, urgent = ''] = /^Urgent are (.+)\.$/m.exec(runbook) ?? [];
    const named = [...urgent.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    // CloudFormation's ids: where it stands, which is its severity, and a hash.
    const ofUrgent = alarms.flatMap(([id]) => /^MonitoringUrgent(\w+)[\dA-F]{8}$/.exec(id)?.[1] ?? []);
    expect(named.toSorted()).toEqual(ofUrgent.toSorted());
  });
});

it('the README names every setting, and no other', async () => {
  const { parseConfig } = await import('../../lib/config.ts');
  const parsed = parseConfig({ 'relay:none': '' });
  const settings = 'problems' in parsed ? (parsed.problems.join().match(/relay:\w+/g) ?? []) : [];
  const documented = [...readme.matchAll(/^\| `(relay:\w+)`/gm)].map(([, key]) => key);
  expect(documented).toEqual(settings.filter((key) => key !== 'relay:none'));
});
