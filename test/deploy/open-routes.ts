import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { type Deployed, stackName } from './deployed.ts';

const resourceSchema = v.object({ Type: v.string(), Properties: v.optional(v.unknown()) });
const templateSchema = v.object({ Resources: v.record(v.string(), resourceSchema) });
const routeSchema = v.object({ RouteKey: v.string(), AuthorizationType: v.optional(v.string()) });

/**
 * Checks in the deployed template which routes are open to callers whom IAM does not authorize.
 * @throws Error if they are others
 */
export async function assertOpenRoutes(
  { cloudformation }: Pick<Deployed, 'cloudformation'>,
  expected: readonly string[],
): Promise<void> {
  const { TemplateBody = '' } = await cloudformation.send(new GetTemplateCommand({ StackName: stackName }));
  const { Resources } = v.parse(templateSchema, JSON.parse(TemplateBody));
  const open = Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => v.parse(routeSchema, Properties))
    .filter(({ AuthorizationType }) => AuthorizationType !== 'AWS_IAM')
    .map(({ RouteKey }) => RouteKey);
  if (open.toSorted().join() !== expected.toSorted().join())
    throw new Error(
      `Open without IAM are ${open.join(', ') || 'no routes'}; expected: ${expected.join(', ') || 'none'}`,
    );
}
