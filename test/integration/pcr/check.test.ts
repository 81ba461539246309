import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect } from 'vitest';
import type { Relay } from '../../../bin/pcr/relay.ts';
import type { JsonObject } from '../../../lambdas/core/json.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import type { Observation } from '../../../lambdas/core/version.ts';
import { appendVersion } from '../../builders/append-version.ts';
import { completeDraft } from '../../builders/opportunity-draft.ts';
import { observation, versionOf } from '../../builders/versions.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { pcrTest } from './pcr-test.ts';

const id = 'O1234567';
const later = { TargetCloseDate: '2999-12-31' };

async function store(
  { records }: Pick<Relay, 'records'>,
  payload: JsonObject,
  state: Pick<Observation, 'tombstone' | 'redacted' | 'erased'> = {},
): Promise<void> {
  const version = versionOf(
    observation({ key: { catalog: 'AWS', kind: 'opportunity', id }, payload, ...state }),
    undefined,
  );
  await appendVersion(records, undefined, version, '2026-03-01T10:30:00.000Z');
}

function file(text: string): string {
  const path = join(temporaryFolder(), 'patch.json');
  writeFileSync(path, text);
  return path;
}

const patchFile = (patch: JsonObject) => file(stringifyJson(patch));

describe('pcr opportunities check', () => {
  const test = pcrTest();

  test('finds nothing in a complete draft, and exits with 0', async ({ pcr }) => {
    await store(pcr.relay, completeDraft({ LifeCycle: later }));
    expect(await pcr.run('opportunities', 'check', id)).toEqual({
      code: 0,
      out: '',
      err: 'The rules of this release find no problem.',
    });
  });

  test('prints changes, problems and warnings, and exits with 1', async ({ pcr }) => {
    await store(pcr.relay, completeDraft({ LifeCycle: { ...later, ReviewStatus: 'Approved' } }));
    const patch = patchFile({
      LifeCycle: { Stage: 'Closed Lost', TargetCloseDate: '2020-01-01' },
      Project: { Title: 'Renamed' },
    });
    const { code, out, err } = await pcr.run('opportunities', 'check', id, '--patch', patch);
    expect({ code, err }).toEqual({ code: 1, err: '1 problem.' });
    expect(out.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  '))).toEqual([
      'PATH  BEFORE  AFTER',
      '/LifeCycle/Stage  Prospect  Closed Lost',
      '/LifeCycle/TargetCloseDate  2999-12-31  2020-01-01',
      '/Project/Title  Data platform  Renamed',
      '',
      'LEVEL  CODE  FINDING',
      expect.stringMatching(
        /^problem {2}past-date {2}\/LifeCycle\/TargetCloseDate is 2020-01-01, in the past; allowed: /,
      ),
      'warning  missing  /LifeCycle/ClosedLostReason is missing; AWS requires it in every update, if /LifeCycle/Stage is Closed Lost.',
      'warning  not-changeable  /Project/Title does not change after the approval; allowed: before the submission.',
    ]);
  });

  test('prints JSON for programs, and exits with 0 for warnings alone', async ({ pcr }) => {
    await store(pcr.relay, completeDraft({ LifeCycle: later }));
    const patch = patchFile({ Project: { SalesActivities: null } });
    const { code, out, err } = await pcr.run('opportunities', 'check', id, '--patch', patch, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const printed: unknown = JSON.parse(out);
    expect(printed).toEqual({
      catalog: 'AWS',
      kind: 'opportunity',
      id,
      version: 1,
      changes: [{ path: '/Project/SalesActivities', before: ['SOW Signed'] }],
      locked: false,
      problems: [],
      warnings: [
        {
          path: '/Project/SalesActivities',
          code: 'missing',
          message: '/Project/SalesActivities is missing; AWS requires it for a submission.',
        },
      ],
    });
  });

  test('says that AWS reviews the opportunity', async ({ pcr }) => {
    await store(pcr.relay, completeDraft({ LifeCycle: { ...later, ReviewStatus: 'In review' } }));
    const { code, out } = await pcr.run('opportunities', 'check', id, '--json');
    const { locked, problems } = v.parse(
      v.object({ locked: v.boolean(), problems: v.array(v.object({ code: v.string() })) }),
      JSON.parse(out),
    );
    expect({ code, locked, codes: problems.map((each) => each.code) }).toEqual({
      code: 1,
      locked: true,
      codes: ['locked'],
    });
  });

  test.for([
    ['[1]', 'a list; allowed: a JSON object with the members to change'],
    ['{"LifeCycle":', 'not JSON; allowed: a JSON object'],
    [`${'{"a":'.repeat(600)}1${'}'.repeat(600)}`, 'too deep; allowed: a JSON object'],
  ] as const)('refuses the patch %s', async ([text, message], { pcr }) => {
    const { code, err } = await pcr.run('opportunities', 'check', id, '--patch', file(text));
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  test.for([{ tombstone: true }, { redacted: true }, { erased: true }] as const)(
    'judges no incomplete version: %j',
    async (state, { pcr }) => {
      await store(pcr.relay, completeDraft({ LifeCycle: later }), state);
      expect(await pcr.run('opportunities', 'check', id)).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining('AWS/opportunity/O1234567: the stored version is not complete'),
      });
    },
  );

  test('refuses a file that does not exist, and an opportunity that is not stored', async ({ pcr }) => {
    const missing = await pcr.run('opportunities', 'check', id, '--patch', 'missing.json');
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('--patch missing.json') });
    const unknown = await pcr.run('opportunities', 'check', 'O1');
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('AWS/opportunity/O1 is not in') });
  });
});
