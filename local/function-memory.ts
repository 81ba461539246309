import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastChannel } from 'node:worker_threads';
import * as v from 'valibot';

const reporter = new URL('./function-memory-main.ts', import.meta.url).href;

/** Makes each bundle of a synthesized stack import the module that reports its memory first. */
export async function addMemoryReporter(folder: string): Promise<void> {
  const names = (await readdir(folder)).map((name) => join(folder, name, 'index.mjs'));
  for (const file of names.filter((name) => existsSync(name))) {
    const bundle = await readFile(file, 'utf8');
    const first = `import ${JSON.stringify(reporter)};\n`;
    // An asset from an earlier build already has the import.
    if (!bundle.startsWith(first)) await writeFile(file, first + bundle);
  }
}

const memoryReport = v.object({ name: v.string(), threadId: v.number(), bytes: v.number() });

/** Longer than any worker takes to collect its garbage, also on a busy machine. */
const reportMs = 5_000;

/** Mean memory of the workers of each function without garbage, bytes by function name. */
export async function readFunctionMemory(): Promise<ReadonlyMap<string, number>> {
  const answers: v.InferOutput<typeof memoryReport>[] = [];
  const channel = new BroadcastChannel('function-memory');
  const post = channel.postMessage.bind(channel);
  channel.addEventListener('message', (event) => {
    const answer = v.safeParse(memoryReport, 'data' in event ? event.data : undefined);
    if (answer.success) answers.push(answer.output);
  });
  post('report-memory');
  await sleep(reportMs);
  channel.close();
  const byName = Map.groupBy(answers, ({ name }) => name);
  return new Map(
    [...byName].map(([name, workers]) => [
      name,
      workers.reduce((sum, { bytes }) => sum + bytes, 0) / workers.length,
    ]),
  );
}

/** Pairs the memory of each function with its memory later. */
export function pairFunctionMemory(
  early: ReadonlyMap<string, number>,
  late: ReadonlyMap<string, number>,
): {
  /** The functions that reported both times. */
  readonly both: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** Names of the functions that no longer report. */
  readonly missing: readonly string[];
} {
  const both = [...early].flatMap(([name, before]) => {
    const after = late.get(name);
    return after === undefined ? [] : [{ name, before, after }];
  });
  return { both, missing: [...early.keys()].filter((name) => !late.has(name)) };
}

/** Makes each worker of a function keep 1 MB: a leak, to see that it is found. */
export function keepFunctionMemory(name: string): void {
  const channel = new BroadcastChannel('function-memory');
  const post = channel.postMessage.bind(channel);
  post(`keep-memory ${name}`);
  channel.close();
}
