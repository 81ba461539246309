import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { startConsole } from '../../../bin/pcr/console/console-server.ts';
import { run } from '../../../bin/pcr/run.ts';
import { systemClock } from '../../../lambdas/adapters/system-clock.ts';
import { ioOf } from '../../fakes/recorded-io.ts';
import type { PcrUnderTest } from './pcr-under-test.ts';

export const token = 'a-token-of-a-test';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface ConsoleUnderTest {
  readonly port: number;
  /** Sends a request as it is: `fetch` sets headers of its own. */
  readonly ask: (
    path: string,
    options?: {
      readonly method?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    },
  ) => Promise<Answer>;
}

/** The server of the console on the stores of a test, with a page that is one word. */
export async function consoleOf({ relay }: PcrUnderTest): Promise<ConsoleUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'pcr-page-'));
  mkdirSync(folder, { recursive: true });
  for (const name of ['index.html', 'page.js', 'page.css']) writeFileSync(join(folder, name), name);
  const io = { ...ioOf({ relay, clock: systemClock }), run };
  const server = await startConsole({ relay, io, page: folder, token }, 0);
  onTestFinished(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const port = Number(new URL(server.link).port);
  return {
    port,
    ask: (path, { method = 'GET', headers = { authorization: `Bearer ${token}` }, body } = {}) =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
          text(response).then(
            (answered) =>
              resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answered }),
            reject,
          );
        });
        sent.on('error', reject);
        sent.end(body);
      }),
  };
}
