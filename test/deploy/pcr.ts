import { join } from 'node:path';
import { type CdkTarget, emulatorEnvironment, project } from './cdk.ts';
import { lastLines, runCommand } from './commands.ts';

/** Runs `pcr`. @returns its output. @throws Error if the command fails */
export type Pcr = (...args: readonly string[]) => Promise<string>;

export function pcrOn({ emulatorUrl, partnerCentralUrl, folder, checkout = project }: CdkTarget): Pcr {
  const env = {
    ...emulatorEnvironment(emulatorUrl, folder),
    AWS_ENDPOINT_URL_PARTNERCENTRAL_SELLING: partnerCentralUrl,
  };
  return async (...args) => {
    const all = [join(checkout, 'bin', 'pcr.ts'), ...args];
    const { code, output } = await runCommand(process.execPath, all, { env, cwd: checkout });
    if (code !== 0) throw new Error(`pcr ${args.join(' ')} failed with ${code}:\n${lastLines(output, 20)}`);
    return output;
  };
}
