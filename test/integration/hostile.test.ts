import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Safeguard, safeguards } from '../../local/hostile/options.ts';
import { kinds, runHostile } from '../../local/hostile/run-hostile.ts';
import { synthesize } from '../../local/synthesize.ts';

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
let template = '';
const run = (requests: number, broken?: Safeguard) => runHostile(template, { requests, seed: 1, broken });

beforeAll(async () => {
  template = await synthesize({
    folder,
    settings: { commands: 'opportunity.update', signedCommands: 'yes' },
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a door that gets hostile requests', () => {
  it('a door stores nothing but what it has accepted, and answers every hostile request as it is allowed to', async () => {
    const { answers, commands, strays, unexpected } = await run(1_500);
    expect({ strays, unexpected, commands }).toEqual({ strays: [], unexpected: [], commands: 30 });
    expect(Object.keys(answers).toSorted()).toEqual([...kinds.keys(), 'accepted'].toSorted());
    expect(answers['accepted']).toEqual({ 202: 30 });
    expect(answers['replay']).toHaveProperty('200');
    expect(answers['flood']).toHaveProperty('429');
  });

  const broken: readonly Safeguard[] = ['permission', 'rate', 'signature', 'timestamp'];
  it.each(broken.map((safeguard) => [safeguard]))(
    'a door that has lost a safeguard is found out: %s',
    async (safeguard) => {
      const { strays, unexpected } = await run(500, safeguard);
      expect([...strays, ...unexpected]).not.toEqual([]);
    },
  );

  it('every safeguard of the door is taken away once', () => {
    expect(broken).toEqual(Object.keys(safeguards));
  });
});
