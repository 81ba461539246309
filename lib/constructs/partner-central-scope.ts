import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Catalog } from '../../lambdas/core/catalogs.ts';
import type { CommandAction } from '../../lambdas/core/command.ts';
import type { RelayConfig } from '../config.ts';
import { listEnabledCommands } from '../enabled-commands.ts';
import type { GrantScope } from './grant-scope.ts';

/**
 * Scopes actions of Partner Central to the configured catalogs, by the condition that AWS's own
 * managed policy has. Decision 0034 says why no resource is named.
 */
export function catalogScope(catalogs: readonly Catalog[]): GrantScope {
  return {
    arns: ['*'],
    conditions: { StringEquals: { 'partnercentral:Catalog': catalogs } },
    wildcardReason:
      'Lists of Partner Central support no resource, and reads and writes may name any record; the condition restricts them to the catalogs',
  };
}

/**
 * What the task that accepts an invitation does in the name of its caller. Source: the dependent
 * actions of `StartEngagementByAcceptingInvitationTask` in the Service Authorization Reference.
 */
export const acceptanceActions = [
  'partnercentral:AcceptEngagementInvitation',
  'partnercentral:CreateOpportunity',
  'partnercentral:CreateResourceSnapshotJob',
  'partnercentral:StartResourceSnapshotJob',
  'partnercentral:SubmitOpportunity',
] as const;

/**
 * What the task that makes an opportunity of a lead does in the name of its caller. The task
 * creates an opportunity, and its answer names a snapshot job. Assumed, not documented: these two
 * steps need the same actions as in the task that accepts an invitation.
 */
export const conversionActions = [
  'partnercentral:CreateOpportunity',
  'partnercentral:CreateResourceSnapshotJob',
  'partnercentral:StartResourceSnapshotJob',
] as const;

/**
 * What the task that submits an opportunity does in the name of its caller. Source: the description
 * of StartEngagementFromOpportunityTask in the API reference, and for the job the one that accepts.
 */
export const submissionActions = [
  'partnercentral:CreateEngagement',
  'partnercentral:CreateEngagementInvitation',
  'partnercentral:CreateResourceSnapshot',
  'partnercentral:CreateResourceSnapshotJob',
  'partnercentral:StartResourceSnapshotJob',
  'partnercentral:SubmitOpportunity',
] as const;

/** The scopes of the writes in the contract of `act`, each with the catalogs of its action. */
export function writeScopes(config: Pick<RelayConfig, 'catalogs' | 'commands'>) {
  return {
    acceptances: writeScope(config, 'invitation.accept'),
    leadAcceptances: writeScope(config, 'lead.accept'),
    conversions: writeScope(config, 'lead.to_opportunity'),
    contextUpdates: writeScope(config, 'engagement.update_context'),
    rejections: writeScope(config, 'invitation.reject'),
    assignments: writeScope(config, 'opportunity.assign'),
    associations: writeScope(config, 'opportunity.associate'),
    creations: writeScope(config, 'opportunity.create'),
    submissions: writeScope(config, 'opportunity.submit'),
    removals: writeScope(config, 'opportunity.disassociate'),
    updates: writeScope(config, 'opportunity.update'),
  };
}

/** Allows what the tasks of AWS do in the name of their caller, where their actions are enabled. */
export function taskStatements(
  config: Pick<RelayConfig, 'catalogs' | 'commands'>,
): readonly PolicyStatement[] {
  const { acceptances, conversions, submissions } = writeScopes(config);
  return [
    ...statementOf(acceptances, acceptanceActions),
    ...statementOf(conversions, conversionActions),
    ...statementOf(submissions, submissionActions),
  ];
}

function statementOf(
  { arns, conditions }: GrantScope,
  actions: readonly string[],
): readonly PolicyStatement[] {
  if (arns.length === 0) return [];
  const resources = [...arns];
  return [new PolicyStatement({ actions: [...actions], resources, ...(conditions && { conditions }) })];
}

/** The catalogs in which an action is enabled. Nothing is granted if there are none. */
function writeScope(config: Pick<RelayConfig, 'catalogs' | 'commands'>, action: CommandAction): GrantScope {
  const enabled = listEnabledCommands(config).filter((command) => command.action === action);
  return enabled.length > 0 ? catalogScope(enabled.map(({ catalog }) => catalog)) : { arns: [] };
}
