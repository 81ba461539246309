import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';

/** Where in a VPC a function runs. */
export interface FunctionNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** The network interfaces that Lambda makes and deletes with this role: they have no names to be known by beforehand. */
const interfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** Lets a function run in a VPC: by the ids alone, without looking the VPC up: a synth needs no credentials. */
export function joinNetwork(lambda: LambdaFunction, role: Role, network: FunctionNetwork): void {
  const allowed = role.addToPrincipalPolicy(
    new PolicyStatement({ actions: interfaceActions, resources: ['*'] }),
  );
  // Lambda refuses to make a function whose role may not make its interfaces yet.
  if (allowed.policyDependable) lambda.node.addDependency(allowed.policyDependable);
  const { defaultChild } = lambda.node;
  if (!(defaultChild instanceof CfnFunction)) throw new Error(`${lambda.node.path} is no function`);
  defaultChild.vpcConfig = {
    subnetIds: [...network.subnetIds],
    securityGroupIds: [...network.securityGroupIds],
  };
}
