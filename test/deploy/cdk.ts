import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localAccountId, localCredentials, localRegion } from '../../local/host/local-account.ts';
import { lastLines, runCommand } from './commands.ts';

/** This checkout. */
export const project = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the CDK command line against an emulator. */
export interface Cdk {
  /** @returns the output. @throws Error with the last lines of the output if the command fails */
  readonly run: (...args: readonly string[]) => Promise<string>;
  /** The same with what the last `run` synthesized: nothing is built again. */
  readonly runSynthesized: (...args: readonly string[]) => Promise<string>;
  /** Prepares the account. Takes no app, so that nothing is built for it. */
  readonly bootstrap: () => Promise<void>;
}

export interface CdkTarget {
  readonly emulatorUrl: string;
  readonly partnerCentralUrl: string;
  /**
   * For the synthesized template; its missing config files replace the user's AWS profiles.
   */
  readonly folder: string;
  /** Checkout to deploy. @default this checkout */
  readonly checkout?: string;
}

export function cdkOn({ emulatorUrl, partnerCentralUrl, folder, checkout = project }: CdkTarget): Cdk {
  const env = { ...emulatorEnvironment(emulatorUrl, folder), PARTNER_CENTRAL_URL: partnerCentralUrl };
  const cli = join(checkout, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const run = async (args: readonly string[], cwd: string) => {
    const { code, output } = await runCommand(process.execPath, [cli, ...args, '--no-notices'], { env, cwd });
    if (code !== 0) throw new Error(`cdk ${args[0]} failed with ${code}:\n${lastLines(output, 30)}`);
    return output;
  };
  const assembly = join(folder, 'cdk.out');
  const app = ['--app', 'node test/deploy/app.ts', '--output', assembly];
  return {
    run: (...args) => run([...args, ...app], checkout),
    runSynthesized: (...args) => run([...args, '--app', assembly], folder),
    bootstrap: async () => {
      await mkdir(folder, { recursive: true });
      await run(['bootstrap', `aws://${localAccountId}/${localRegion}`], folder);
    },
  };
}

/** Environment of a program whose AWS is the emulator. */
export function emulatorEnvironment(emulatorUrl: string, folder: string): NodeJS.ProcessEnv {
  const withoutAws = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')),
  );
  return {
    ...withoutAws,
    AWS_ENDPOINT_URL: emulatorUrl,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_CONFIG_FILE: join(folder, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CI: 'true',
    NO_COLOR: '1',
  };
}
