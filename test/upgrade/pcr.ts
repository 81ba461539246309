import { join } from 'node:path';
import { emulatorEnvironment, project } from '../deploy/cdk.ts';
import { lastLines, runCommand } from '../deploy/commands.ts';

/** Runs `pcr`. @returns its output. @throws Error if the command fails */
export type Pcr = (...args: readonly string[]) => Promise<string>;

/** @param checkout whose `pcr` runs. @default this checkout */
export function pcrOn(emulatorUrl: string, folder: string, checkout = project): Pcr {
  const env = emulatorEnvironment(emulatorUrl, folder);
  return async (...args) => {
    const all = [join(checkout, 'bin', 'pcr.ts'), ...args];
    const { code, output } = await runCommand(process.execPath, all, { env, cwd: checkout });
    if (code !== 0) throw new Error(`pcr ${args.join(' ')} failed with ${code}:\n${lastLines(output, 20)}`);
    return output;
  };
}
