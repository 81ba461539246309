import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { topics } from '../../lambdas/core/message-type.ts';
import { sourceFiles } from '../architecture/source-files.ts';

const readme = readFileSync('README.md', 'utf8');

it('the README names every type and every topic', () => {
  expect(topics.length).toBeGreaterThan(9);
  const missing = topics.filter((topic) => {
    const [kind = '', what = ''] = topic.split('.');
    return !(readme.includes(`${kind}.`) && new RegExp(`\\b${what}\\b`).test(readme));
  });
  expect(missing).toEqual([]);
});

it('every alarm of the stack is a heading that says what it means, where to look and what to do', () => {
  const constructs = sourceFiles('lib').map(({ text }) => text);
  const alarms = constructs.flatMap((text) =>
    [...text.matchAll(/alarmOnCount\(this, '(\w+)'/g)].map(([, id]) => id),
  );
  expect(new Set(alarms)).toEqual(new Set(['DetailTypeDiscovered', 'Drift', 'EndpointDisabled', 'Silence']));
  for (const alarm of alarms) {
    const [, said = ''] = readme.split(`\n### ${alarm}\n`);
    expect(said.split('\n#')[0]).toMatch(/Means: .+Look: .+Do: /s);
  }
});

it('the README names every setting, and no other', async () => {
  const { parseConfig } = await import('../../lib/config.ts');
  const parsed = parseConfig({ 'relay:none': '' });
  const settings = 'problems' in parsed ? (parsed.problems.join().match(/relay:\w+/g) ?? []) : [];
  const documented = [...readme.matchAll(/^\| `(relay:\w+)`/gm)].map(([, key]) => key);
  expect(documented).toEqual(settings.filter((key) => key !== 'relay:none'));
});
