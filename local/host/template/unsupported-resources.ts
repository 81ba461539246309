import { titleOf } from './intrinsics.ts';
import type { Template } from './template.ts';

/** Resources that carry or create events. The stage would silently ignore them. */
const activeTypes = new Set([
  'AWS::ApiGateway::RestApi',
  'AWS::Events::EventBus',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Url',
  'AWS::Pipes::Pipe',
  'AWS::StepFunctions::StateMachine',
]);

/** @throws Error naming every resource of the template that the stage cannot run */
export function rejectUnsupported(template: Template): void {
  const found = [...template.resources.values()].filter(({ type }) => activeTypes.has(type));
  if (found.length > 0) throw new Error(`The local stage does not support ${found.map(titleOf).join(', ')}`);
}
