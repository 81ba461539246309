import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { isIpv6Network } from '../private-networks.ts';

/** Subnets and security groups of a function that runs in a VPC, and the networks it reaches. */
export interface FunctionNetwork {
  readonly allowedCidrs: readonly string[];
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/**
 * Lambda creates and deletes network interfaces with the role of the function. Their ids are
 * unknown at deployment, so the policy cannot name them.
 */
const interfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Runs a function in a VPC. It needs only ids, no lookup of the VPC, so synth needs no credentials.
 */
export function joinNetwork(lambda: LambdaFunction, role: Role, network: FunctionNetwork): void {
  const allowed = role.addToPrincipalPolicy(
    new PolicyStatement({ actions: interfaceActions, resources: ['*'] }),
  );
  // Lambda refuses to create the function before its role may create network interfaces.
  if (allowed.policyDependable) lambda.node.addDependency(allowed.policyDependable);
  const { defaultChild } = lambda.node;
  if (!(defaultChild instanceof CfnFunction)) throw new Error(`${lambda.node.path} is not a function`);
  defaultChild.vpcConfig = {
    subnetIds: [...network.subnetIds],
    securityGroupIds: [...network.securityGroupIds],
    // Without it Lambda sends IPv4 only, also from a subnet that has both.
    ...(network.allowedCidrs.some(isIpv6Network) && { ipv6AllowedForDualStack: true }),
  };
}
