/**
 * The account of the local stage. Emulators accept any credentials; these are never sent to AWS.
 */
export const localRegion = 'us-east-1';
export const localAccountId = '000000000000';
export const localCredentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Who calls the local stage. */
export const localUserArn = `arn:aws:iam::${localAccountId}:user/local`;

/** Settings of an SDK client for one endpoint of the stage. */
export function clientSettings(endpoint: string) {
  return { endpoint, region: localRegion, credentials: localCredentials };
}

/** `arn:aws:<service>:us-east-1:000000000000:<resource>` */
export function localArn(service: string, resource: string): string {
  return `arn:aws:${service}:${localRegion}:${localAccountId}:${resource}`;
}
