import { rmSync } from 'node:fs';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { toAttributes } from '../../lambdas/adapters/dynamodb-attributes.ts';
import { FunctionLogs } from '../../local/function-logs.ts';
import { stageSamples } from '../../local/samples-run.ts';
import { synthesize } from '../../local/synthesize.ts';
import { judgeRun } from '../../local/verdict.ts';
import { type SampleFiles, sampleFolders, writeSampleFolder } from './sample-folders.ts';

/** Beside the stack of `npm start`, which another test may build at the same time. */
const stack = 'cdk.out/samples-test';

beforeAll(() => synthesize({ folder: stack }));
afterAll(() => rmSync(stack, { recursive: true, force: true }));

/** Starts the stage with a folder of recordings. It is stopped at the end of the test. */
async function stageFolder(files: SampleFiles, { onTestFinished }: TestContext) {
  const folder = writeSampleFolder(files);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const said: string[] = [];
  const observer = {
    logs: new FunctionLogs(() => undefined),
    note: (line: string) => void said.push(line),
    onEvents: () => undefined,
  };
  const staged = await stageSamples({ engine: 'auto', stack }, folder, observer);
  onTestFinished(staged.stop);
  return { staged, said };
}

/** Plays a folder and judges the run. */
async function playFolder(files: SampleFiles, context: TestContext) {
  const { staged, said } = await stageFolder(files, context);
  const { checks, described } = await judgeRun(staged.local, await staged.play());
  return { broken: checks.filter(({ holds }) => !holds), said: [...said, ...described] };
}

/** A stage on a busy machine takes its time. */
const timeout = 400_000;

describe('npm start -- --samples', { timeout }, () => {
  it.concurrent.for(Object.entries(sampleFolders))(
    'finds nothing wrong and says what happened if the folder %s',
    async ([, { files, says }], context) => {
      const { expect } = context;
      const { broken, said } = await playFolder(files, context);
      expect(broken).toEqual([]);
      for (const line of says) expect(said).toContain(line);
      expect(said.filter((line) => line.includes('LOST'))).toEqual([]);
    },
  );

  it('still finds a record that is lost and an event that should be parked', async (context) => {
    const { expect } = context;
    const files = sampleFolders['has lists of each kind with the responses of what they list']?.files ?? {};
    const { staged } = await stageFolder(files, context);
    const played = await staged.play();
    const [path = ''] = played.truth.keys();
    const { dynamodb, tables } = staged.local;
    const Key = toAttributes({ pk: path, sk: 'current' });
    await dynamodb.send(new DeleteItemCommand({ TableName: tables.records, Key }));
    const toBeParked = new Map([['no such event', 'event.malformed']]);
    const { checks, described } = await judgeRun(staged.local, { ...played, toBeParked });
    const found = checks.flatMap((each) => each.found);
    expect(found).toContain(path);
    expect(found).toContain('event no such event must be parked as event.malformed, but is not parked');
    expect(described).toContain(`ListOpportunities: ${path} is LOST`);
  });
});
