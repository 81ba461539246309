import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort, type OwnedProcess, ownProcess } from '../owned-process.ts';
import { spawnDynamoDbLocal } from './dynamodb-local.ts';
import { createDynoxideDatabase } from './dynoxide-database.ts';

export type EngineName = 'dynoxide' | 'dynamodb-local';
/** `auto` is dynoxide if its binary is installed, otherwise DynamoDB Local if Java 17 is. */
export type EngineChoice = EngineName | 'auto';

/** An in-memory DynamoDB with streams. It starts empty. */
export interface DynamoDbEngine {
  readonly name: EngineName;
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** @throws Error that says what to install, if the engine cannot run on this machine */
export async function startDynamoDb(choice: EngineChoice): Promise<DynamoDbEngine> {
  const name = choice === 'auto' ? availableEngine() : choice;
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const { stop } =
    name === 'dynoxide' ? await startDynoxide(port, endpoint) : await startDynamoDbLocal(port, endpoint);
  return { name, endpoint, stop };
}

/** Whether this machine has Java 17 or newer, which DynamoDB Local needs. */
export function hasJava(): boolean {
  const { stdout, stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = /version "(\d+)/.exec(`${stdout}${stderr}`)?.[1];
  return error === undefined && Number(major ?? 0) >= 17;
}

/**
 * Path of the dynoxide binary. Undefined if its optional package, for Linux x64, is not installed.
 */
export function dynoxideBinary(): string | undefined {
  try {
    return join(
      dirname(createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json')),
      'dynoxide',
    );
  } catch {
    return undefined;
  }
}

function availableEngine(): EngineName {
  if (dynoxideBinary() !== undefined) return 'dynoxide';
  if (hasJava()) return 'dynamodb-local';
  throw new Error(
    'The local stage needs a DynamoDB: run it on Linux x64 (npm ci installs dynoxide), install Java 17 or newer (for DynamoDB Local), or set AWS_ENDPOINT_URL_DYNAMODB.',
  );
}

async function startDynoxide(port: number, endpoint: string): Promise<OwnedProcess> {
  const binary = dynoxideBinary();
  if (binary === undefined)
    throw new Error('dynoxide is not installed: its optional package exists only for Linux x64.');
  const database = createDynoxideDatabase();
  const place = database === undefined ? [] : ['--db-path', database.file];
  const child = spawn(binary, ['--host', '127.0.0.1', '--port', String(port), ...place], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const owned = await ownProcess('dynoxide', child, endpoint, database?.remove);
  database?.indexStreams();
  return owned;
}

async function startDynamoDbLocal(port: number, endpoint: string): Promise<OwnedProcess> {
  if (!hasJava()) throw new Error('DynamoDB Local needs Java 17 or newer on the PATH.');
  return await ownProcess('dynamodb-local', await spawnDynamoDbLocal(port), endpoint);
}
