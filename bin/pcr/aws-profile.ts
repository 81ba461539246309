import { loadSharedConfigFiles } from '@smithy/core/config';
import { UsageError } from './errors.ts';

/** @throws UsageError if no file of the AWS CLI has a profile of this name */
export async function assertProfile(name: string): Promise<void> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  // Other sections have the name of their kind, such as `sso-session.example`.
  const sections = Object.keys({ ...configFile, ...credentialsFile });
  const profiles = sections.filter((each) => !/^(?:sso-session|services)\./.test(each));
  if (profiles.includes(name)) return;
  const allowed = profiles.toSorted().join(', ') || 'none yet, because neither file has a profile';
  throw new UsageError(
    `--profile ${name}: there is no such profile in ~/.aws/config or ~/.aws/credentials; allowed: ${allowed}`,
  );
}
