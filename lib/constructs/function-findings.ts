import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Says for cdk-nag why a function deviates from its rules. */
export function acknowledgeFindings(scope: Construct, isTraced: boolean): void {
  const findings = Validations.of(scope);
  if (!isTraced)
    findings.acknowledge({
      id: 'Serverless-LambdaTracing',
      reason: 'relay:tracing decides, because X-Ray bills every trace; log lines carry the ids of events',
    });
  findings.acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: `${isTraced ? 'xray:PutTraceSegments, xray:PutTelemetryRecords and the' : 'The'} ec2 actions for network interfaces in a VPC support no resource`,
  });
  findings.acknowledge({
    id: 'Serverless-LambdaDLQ',
    reason:
      'Queues and streams invoke this function synchronously and keep failed messages; a scheduled function continues in its next run',
  });
}
