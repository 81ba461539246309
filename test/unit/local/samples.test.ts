import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSamplesFolder, readSampleEvents } from '../../../local/samples.ts';

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

  it('names the file and the place of a value that is not an event', () => {
    writeFileSync(join(folder, 'events', 'a.json'), '[{"id":"a"}, 7]');
    expect(() => readSampleEvents(folder)).toThrow('a.json[1] is not an event: a JSON object is expected');
    writeFileSync(join(folder, 'events', 'a.json'), '{"Messages":[{"Body":"not JSON"}]}');
    expect(() => readSampleEvents(folder)).toThrow(
      /a\.json Messages\[0\]\.Body is not JSON: .* at character 0/,
    );
    writeFileSync(join(folder, 'events', 'a.json'), ' ');
    expect(() => readSampleEvents(folder)).toThrow('a.json is not JSON: it is empty');
  });

  it('returns no events if there are none', () => {
    expect(readSampleEvents(folder)).toEqual([]);
    expect(readSampleEvents(join(folder, 'missing'))).toEqual([]);
  });
});

describe('checkSamplesFolder', () => {
  it('reports a path that is missing, or a folder that holds something else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'samples-'));
    try {
      const expected = /a folder with events\/ and responses\/ is expected/;
      expect(() => checkSamplesFolder(join(folder, 'missing'))).toThrow(expected);
      expect(() => checkSamplesFolder(folder)).not.toThrow();
      writeFileSync(join(folder, 'package.json'), '{}');
      expect(() => checkSamplesFolder(folder)).toThrow(expected);
      mkdirSync(join(folder, 'responses'));
      expect(() => checkSamplesFolder(folder)).not.toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
