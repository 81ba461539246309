import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localCredentials, localRegion } from '../../local/host/local-account.ts';
import { lastLines, runCommand } from './commands.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const cli = join(project, 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** Runs the CDK command line against an emulator. */
export interface Cdk {
  /** @returns the output. @throws Error with the last lines of the output if the command fails */
  readonly run: (...args: readonly string[]) => Promise<string>;
}

/**
 * @param folder for the synthesized template; its missing config files replace the user's AWS
 * profiles
 */
export function cdkOn(emulatorUrl: string, partnerCentralUrl: string, folder: string): Cdk {
  const withoutAws = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')),
  );
  const env = {
    ...withoutAws,
    AWS_ENDPOINT_URL: emulatorUrl,
    AWS_REGION: localRegion,
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    AWS_CONFIG_FILE: join(folder, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    PARTNER_CENTRAL_URL: partnerCentralUrl,
    CI: 'true',
    NO_COLOR: '1',
  };
  const app = ['--app', 'node test/deploy/app.ts', '--output', join(folder, 'cdk.out')];
  return {
    run: async (...args) => {
      const all = [cli, ...args, ...app, '--no-notices'];
      const { code, output } = await runCommand(process.execPath, all, { env, cwd: project });
      if (code !== 0) throw new Error(`cdk ${args[0]} failed with ${code}:\n${lastLines(output, 30)}`);
      return output;
    },
  };
}
