import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { describe, expect } from 'vitest';
import { type ExportState, exportState } from '../../../bin/pcr/export/export-state.ts';
import { exportFormats } from '../../../bin/pcr/export/row-encoder.ts';
import { localCredentials } from '../../../local/host/local-account.ts';
import { startLoopbackServer } from '../../../local/loopback-server.ts';
import { temporaryFolder } from '../../infra/synthesized-stack.ts';
import { dataFilesIn, readExport } from './exported-files.ts';
import { pcrTest } from './pcr-test.ts';
import { deliveryOf, type PcrUnderTest, storeOpportunities } from './pcr-under-test.ts';

const test = pcrTest();

const stateIn = (folder: string): ExportState =>
  v.parse(exportState, JSON.parse(readFileSync(join(folder, 'export.json'), 'utf8')));

function editState(folder: string, edit: (state: ExportState) => object): void {
  writeFileSync(join(folder, 'export.json'), JSON.stringify(edit(stateIn(folder))));
}

/** Interrupts a command at its first step. */
function interrupted(pcr: PcrUnderTest, ...args: readonly string[]) {
  const running = pcr.run(...args);
  pcr.interrupt();
  return running;
}

async function fill(pcr: PcrUnderTest): Promise<void> {
  for (const version of await storeOpportunities(pcr.relay, 6, 3))
    await pcr.store.add(deliveryOf(version, 'ep_crm'), '2026-03-01T10:00:00.000Z');
}

/** A CloudFormation that knows the stack under test. */
async function startCloudFormation({ relay }: PcrUnderTest) {
  const outputs = [...relay.outputs].map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  const stack = `<StackName>Relay</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-03-01T10:00:00Z</CreationTime><Outputs>${outputs.join('')}</Outputs>`;
  return startLoopbackServer((request, response) => {
    request.resume();
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end(
        `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>${stack}</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
      );
  });
}

describe('an export that is interrupted', () => {
  test.for(['deals', 'changes', 'stages', 'deliveries'])(
    'neither loses nor repeats a row of %s, however often it is interrupted',
    async (name, { pcr }) => {
      await fill(pcr);
      const whole = join(temporaryFolder(), 'whole');
      await pcr.run('export', name, '--out', whole);
      for (const format of exportFormats) {
        const folder = join(temporaryFolder(), 'out');
        const first = await interrupted(pcr, 'export', name, '--out', folder, '--format', format);
        expect(first).toMatchObject({
          code: 1,
          err: expect.stringContaining(`Interrupted. Continue with: pcr export resume ${folder}`),
        });
        let runs = 1;
        while (stateIn(folder).finishedAt === undefined) {
          await interrupted(pcr, 'export', 'resume', folder);
          runs += 1;
        }
        // It stops after each record or version.
        expect(runs).toBeGreaterThan(5);
        const rows = await readExport(folder, format);
        const keyOf = (row: (typeof rows)[number]) =>
          ['id', 'version', 'path', 'stage'].map((column) => JSON.stringify(row[column] ?? '')).join();
        expect(rows.map(keyOf).toSorted()).toEqual((await readExport(whole)).map(keyOf).toSorted());
      }
    },
  );

  test('finishes after the process was killed while it wrote', async ({ pcr }) => {
    const stored = await storeOpportunities(pcr.relay, 200, 1);
    const folder = join(temporaryFolder(), 'out');
    const cloudFormation = await startCloudFormation(pcr);
    const engine = await pcr.relay.clients.dynamodb.config.endpoint?.();
    const child = spawn(
      process.execPath,
      [resolve('bin/pcr.ts'), 'export', 'deals', '--out', folder, '--rows-per-file', '1'],
      {
        stdio: 'ignore',
        env: {
          HOME: temporaryFolder(),
          AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
          AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
          AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url,
          AWS_ENDPOINT_URL_DYNAMODB: `http://${engine?.hostname}:${engine?.port}`,
        },
      },
    );
    const ended = once(child, 'exit');
    while (child.exitCode === null && !existsSync(join(folder, 'deals-00003.parquet'))) await setTimeout(2);
    child.kill('SIGKILL');
    await ended;
    await cloudFormation.stop();
    expect(stateIn(folder).finishedAt).toBeUndefined();
    expect(readFileSync(join(folder, 'export.lock'), 'utf8')).toBe(String(child.pid));
    // What a process leaves that is killed within a file, and between a file and the state.
    writeFileSync(join(folder, 'deals-00999.parquet'), 'not listed');
    writeFileSync(join(folder, 'deals-00998.parquet.part'), 'not finished');
    expect(await pcr.run('export', 'resume', folder)).toMatchObject({ code: 0 });
    const ids = (await readExport(folder)).map(({ id }) => id);
    expect(ids).toEqual(stored.map(({ id }) => id).toSorted());
    expect(dataFilesIn(folder)).toHaveLength(200);
  });

  test('goes on after credentials that expired', async ({ pcr }) => {
    const stored = await storeOpportunities(pcr.relay, 40, 1);
    const folder = join(temporaryFolder(), 'out');
    const { middlewareStack } = pcr.relay.clients.dynamodb;
    let calls = 0;
    middlewareStack.add(
      (next) => (args) => {
        calls += 1;
        if (calls === 4) throw Object.assign(new Error('expired'), { name: 'ExpiredTokenException' });
        return next(args);
      },
      { step: 'initialize', name: 'expire' },
    );
    const failed = await pcr.run('export', 'deals', '--out', folder, '--rows-per-file', '3');
    expect(failed).toMatchObject({
      code: 1,
      err: expect.stringMatching(
        /^If this is interrupted: pcr export resume [^]*\nerror: The AWS credentials have expired. Sign in again.$/,
      ),
    });
    const { files, finishedAt } = stateIn(folder);
    expect({ finishedAt, hasFiles: files.length > 0 }).toEqual({ finishedAt: undefined, hasFiles: true });
    middlewareStack.remove('expire');
    expect(await pcr.run('export', 'resume', folder)).toMatchObject({ code: 0 });
    expect((await readExport(folder)).map(({ id }) => id)).toEqual(stored.map(({ id }) => id).toSorted());
  });

  test('is finished once: to resume it again changes nothing', async ({ pcr }) => {
    await fill(pcr);
    const folder = join(temporaryFolder(), 'out');
    await pcr.run('export', 'deals', '--out', folder);
    const state = stateIn(folder);
    expect(await pcr.run('export', 'resume', folder)).toMatchObject({
      code: 0,
      out: `6 rows in 1 file in ${folder}.`,
    });
    expect(stateIn(folder)).toEqual(state);
  });

  test('is refused in a folder without one, and of another stack or release', async ({ pcr }) => {
    const folder = join(temporaryFolder(), 'out');
    await interrupted(pcr, 'export', 'deals', '--out', folder);
    const refuse = async (reason: string) => {
      const { code, out, err } = await pcr.run('export', 'resume', folder);
      expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringContaining(reason) });
      expect(err).toContain(`<folder> ${folder}: `);
      expect(err).toContain('; allowed: ');
    };
    editState(folder, (state) => ({ ...state, table: 'another' }));
    await refuse('it is an export of the table another, which is not one of the stack PartnerCentralRelay');
    editState(folder, (state) => ({ ...state, columns: { ...state.columns, id: 'integer' } }));
    await refuse('another release of pcr has begun it, with other columns');
    editState(folder, (state) => ({ ...state, rowsPerFile: 0 }));
    await refuse('it has no valid export.json');
    writeFileSync(join(folder, 'export.json'), 'not JSON');
    await refuse('it has no valid export.json');
  });
});
