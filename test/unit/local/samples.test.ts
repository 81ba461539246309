import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSampleEvents } from '../../../local/samples.ts';

describe('readSampleEvents', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'samples-'));
    mkdirSync(join(folder, 'events'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads files by name and allows comments and trailing commas', () => {
    writeFileSync(join(folder, 'events', 'b.json'), '{"id":"b"}');
    writeFileSync(
      join(folder, 'events', 'a.jsonc'),
      '// documented\n{"id":"a", /* Sender */ "x": "//not a comment",}',
    );
    writeFileSync(join(folder, 'events', 'notes.txt'), 'not an event');
    expect(readSampleEvents(folder)).toEqual([
      { file: 'a.jsonc', raw: { id: 'a', x: '//not a comment' } },
      { file: 'b.json', raw: { id: 'b' } },
    ]);
  });

  it('names the file that is not valid JSON, and the position', () => {
    writeFileSync(join(folder, 'events', 'a.json'), '{"id": }');
    expect(() => readSampleEvents(folder)).toThrow(/a\.json is not JSON: ValueExpected at character 7/);
  });

  it('reports a missing folder or a folder without events', () => {
    expect(() => readSampleEvents(folder)).toThrow(/there is no \*\.json or \*\.jsonc/);
    expect(() => readSampleEvents(join(folder, 'missing'))).toThrow(
      /a folder with events\/ and responses\/ is expected/,
    );
  });
});
