import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { type OwnedProcess, ownProcess } from '../../../local/host/owned-process.ts';

/** What a CRM needs of its surroundings. */
export interface CrmAccess {
  readonly id: string;
  readonly port: number;
  readonly database: string;
  readonly webhookSecret: string;
  readonly relayUrl: string;
  readonly relaySecret: string;
}

const deal = v.object({
  id: v.string(),
  version: v.number(),
  stage: v.string(),
  'next-steps': v.nullable(v.string()),
  amount: v.nullable(v.string()),
});
const edit = v.object({
  key: v.string(),
  path: v.string(),
  seen: v.nullable(v.string()),
  wanted: v.string(),
  now: v.nullable(v.string()),
  state: v.string(),
  why: v.nullable(v.string()),
});
const value = v.nullable(v.union([v.string(), v.number()]));
const change = v.object({
  deal: v.string(),
  version: v.number(),
  path: v.string(),
  before: value,
  after: value,
});

export type Edit = v.InferOutput<typeof edit>;

/** The example CRM as a process that serves, and its other commands. */
export interface RunningCrm extends CrmAccess {
  readonly deals: () => Promise<readonly v.InferOutput<typeof deal>[]>;
  readonly edits: () => Promise<readonly Edit[]>;
  readonly news: () => Promise<readonly v.InferOutput<typeof change>[]>;
  /** A command of a person. @throws Error with what it prints if it fails */
  readonly run: (...args: readonly string[]) => Promise<string>;
  /** What the processes that serve have printed. */
  readonly printed: () => string;
  /** Kills the process that serves. Its database stays. */
  readonly kill: () => Promise<void>;
  /** @param changes of its access. @default none */
  readonly start: (changes?: Partial<CrmAccess>) => Promise<void>;
}

const program = resolve('examples/crm/crm.mjs');
/** `node:sqlite` needs a newer Node than this project. */
const node = resolve('node_modules/.bin/node');

export async function startCrm(access: CrmAccess): Promise<RunningCrm> {
  let process: OwnedProcess | undefined;
  let printed = '';
  const start = async (changes: Partial<CrmAccess> = {}) => {
    process = await serve({ ...access, ...changes }, (text) => {
      printed += text;
    });
  };
  const run = (...args: readonly string[]) => runCommand(access, args);
  const list = async <T extends v.GenericSchema>(schema: T, name: string) =>
    (await run(name)).split('\n').flatMap((line) => (line ? [v.parse(schema, JSON.parse(line))] : []));
  await start();
  return {
    ...access,
    deals: () => list(deal, 'deals'),
    edits: () => list(edit, 'edits'),
    news: () => list(change, 'news'),
    run,
    printed: () => printed,
    kill: async () => process?.stop(),
    start,
  };
}

function environmentOf({ id, port, database, webhookSecret, relayUrl, relaySecret }: CrmAccess) {
  return {
    CRM_DATABASE: database,
    PORT: String(port),
    WEBHOOK_SECRET: webhookSecret,
    RELAY_URL: relayUrl,
    RELAY_CLIENT: id,
    RELAY_SECRET: relaySecret,
  };
}

async function serve(access: CrmAccess, print: (text: string) => void): Promise<OwnedProcess> {
  const child = spawn(node, [program, 'serve'], { env: environmentOf(access), stdio: 'pipe' });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => print(String(chunk)));
  return ownProcess(access.id, child, `http://127.0.0.1:${access.port}`);
}

async function runCommand(access: CrmAccess, args: readonly string[]): Promise<string> {
  const child = spawn(node, [program, ...args], { env: environmentOf(access), stdio: 'pipe' });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`crm ${args.join(' ')} ended with ${code}: ${printed}`);
  return printed.trim();
}
