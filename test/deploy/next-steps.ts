/** The last output that `cdk deploy` prints. A value may have several lines. */
function findLastOutput(printed: string, stackName: string) {
  const [, outputs = ''] = /^Outputs:\n(.*?)^Stack ARN:$/ms.exec(printed) ?? [];
  const last = outputs.split(new RegExp(`^${stackName}\\.(?=\\w+ = )`, 'm')).at(-1) ?? '';
  const [, name = 'no output', value = ''] = /^(\w+) = (.*)$/s.exec(last) ?? [];
  return { name, value };
}

/**
 * Checks that the last output that `cdk deploy` prints says what to do next, with commands that can
 * be copied.
 * @throws Error
 */
export function assertNextSteps(printed: string, stackName: string): void {
  const { name, value } = findLastOutput(printed, stackName);
  const [title, ...steps] = value.trimEnd().split('\n');
  const starts = [
    `  npx partner-central-relay doctor --stack ${stackName}`,
    `  npx partner-central-relay endpoints add --stack ${stackName} --id `,
    '  aws sns subscribe --region us-east-1 --topic-arn arn:aws:sns:us-east-1:',
  ];
  const areSteps =
    steps.length === starts.length && starts.every((start, at) => steps[at]?.startsWith(start));
  if (name !== 'WhatNext' || title !== 'after a deployment:' || !areSteps)
    throw new Error(`cdk deploy does not end with what to do next, but with ${name}:\n${value}`);
}
