import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../lib/parse-config.ts';
import { readSections } from '../unit/docs/markdown.ts';
import { synthesize } from './synthesized-stack.ts';

const read = (path: string) => readFileSync(path, 'utf8');

describe('docs/runbook.md', () => {
  const runbook = read('docs/runbook.md');
  const [alarmSection = ''] = readSections(runbook, 2)
    .filter(({ title }) => title === 'Alarms')
    .map(({ text }) => text);
  const headings = readSections(alarmSection, 3);
  const { ofType } = synthesize({
    settings: { commands: 'opportunity.update', signedCommands: true, exportHours: 24 },
  });
  const alarms = ofType('AWS::CloudWatch::Alarm');

  it('has a heading for every alarm of the stack, whose description names it, and no other', () => {
    const sections = alarms.map(
      ([, { AlarmDescription }]) =>
        /section (\w+) of docs\/runbook\.md /.exec(String(AlarmDescription))?.[1] ?? 'no section',
    );
    expect(sections.length).toBeGreaterThan(10);
    expect(sections.toSorted()).toEqual(headings.map(({ title }) => title).toSorted());
  });

  it.each(headings)('$title says what it means, where to look and what to do', ({ text }) => {
    expect(text).toMatch(/^\s*Means: .+\bLook: .+\bDo: ./s);
  });

  it('names only widgets that the dashboard has', () => {
    const dashboard = JSON.stringify(ofType('AWS::CloudWatch::Dashboard'));
    const widgets = [...runbook.matchAll(/widgets?\s+"([^"]+)"(?:\s+and\s+"([^"]+)")?/g)]
      .flatMap(([, ...titles]) => titles)
      .filter((title) => title !== undefined);
    expect(widgets.length).toBeGreaterThan(4);
    expect(widgets.filter((title) => !dashboard.includes(`${title}\\"`))).toEqual([]);
  });

  it('says how many alarms there are, and which of them are urgent', () => {
    expect(synthesize().ofType('AWS::CloudWatch::Alarm')).toHaveLength(20);
    expect(alarms).toHaveLength(27);
    expect(runbook).toContain(
      'Twenty alarms, six more if the stack takes commands, and one more if it exports the records,',
    );
    const [, urgent = ''] = /^Urgent are (.+)\.$/m.exec(runbook) ?? [];
    const named = [...urgent.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    // An id in the template is the path of the construct, which has the severity, and a hash.
    const ofUrgent = alarms.flatMap(([id]) => /^MonitoringUrgent(\w+)[\dA-F]{8}$/.exec(id)?.[1] ?? []);
    expect(named.toSorted()).toEqual(ofUrgent.toSorted());
  });
});

describe('docs/settings.md', () => {
  it('names every setting, and no other', () => {
    const parsed = parseConfig({ 'relay:none': '' });
    const settings = 'problems' in parsed ? (parsed.problems.join().match(/relay:\w+/g) ?? []) : [];
    const documented = [...read('docs/settings.md').matchAll(/^\| `(relay:\w+)`/gm)].map(([, key]) => key);
    expect(documented).toEqual(settings.filter((key) => key !== 'relay:none'));
  });
});

describe('docs/upgrade.md', () => {
  it('names the logical id of every table in the mapping for cdk import', () => {
    const [, mapping = ''] = /```json\n(.*?)```/s.exec(read('docs/upgrade.md')) ?? [];
    const ids = Object.keys(v.parse(v.record(v.string(), v.unknown()), JSON.parse(mapping)));
    const tables = synthesize().ofType('AWS::DynamoDB::GlobalTable');
    expect(ids.toSorted()).toEqual(tables.map(([id]) => id).toSorted());
  });
});
