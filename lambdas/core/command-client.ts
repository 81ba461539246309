/**
 * Names the client of a caller: its ARN. Sessions of a role are one client, because a repetition
 * often comes from another session.
 */
export function clientOf(callerArn: string): string {
  const [, role] = /^(arn:[\w-]+:sts::\d{12}:assumed-role\/[^/]+)\//.exec(callerArn) ?? [];
  return role ?? callerArn;
}
