import { titleOf } from './intrinsics.ts';
import type { Template } from './template.ts';

/** Resources that carry or create events, which the stage would silently not do. Everything else is configuration. */
const activeTypes = new Set([
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGatewayV2::Api',
  'AWS::Events::EventBus',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Url',
  'AWS::Pipes::Pipe',
  'AWS::StepFunctions::StateMachine',
]);

/** @throws Error naming every resource of the template that acts, but not on the local stage */
export function refuseUnsupported(template: Template): void {
  const found = [...template.resources.values()].filter(({ type }) => activeTypes.has(type));
  if (found.length > 0) throw new Error(`The local stage does not support ${found.map(titleOf).join(', ')}`);
}
