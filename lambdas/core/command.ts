import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';

/** What a client can ask for. Each is one write of the Selling API. */
export const commandActions = [
  'engagement.update_context',
  'invitation.accept',
  'invitation.reject',
  'lead.accept',
  'lead.to_opportunity',
  'opportunity.assign',
  'opportunity.associate',
  'opportunity.create',
  'opportunity.disassociate',
  'opportunity.submit',
  'opportunity.update',
] as const;
export type CommandAction = (typeof commandActions)[number];

/** Kinds of related entities that an opportunity can have. */
export const entityTypes = [
  'Solutions',
  'AwsProducts',
  'AwsMarketplaceOffers',
  'AwsMarketplaceOfferSets',
  'AwsMarketplaceSolutions',
  'AwsMarketplaceProducts',
] as const;
export type EntityType = (typeof entityTypes)[number];

export interface RelatedEntity {
  readonly type: EntityType;
  readonly id: string;
}

export const involvementTypes = ['Co-Sell', 'For Visibility Only'] as const;
export const visibilities = ['Full', 'Limited'] as const;

/** How AWS takes part in an opportunity. */
export interface Submission {
  readonly involvementType: (typeof involvementTypes)[number];
  readonly visibility?: (typeof visibilities)[number] | undefined;
}

/** What each action needs. */
interface Needs {
  /** A JSON merge patch (RFC 7396) of the payload of one context of the engagement. */
  readonly 'engagement.update_context': {
    readonly context: { readonly id: string; readonly patch: JsonObject };
  };
  readonly 'invitation.accept': object;
  readonly 'invitation.reject': { readonly reason?: string | undefined };
  readonly 'lead.accept': object;
  /** The context of the engagement that is the lead. */
  readonly 'lead.to_opportunity': { readonly context: { readonly id: string } };
  readonly 'opportunity.assign': { readonly assignee: JsonObject };
  readonly 'opportunity.associate': { readonly entity: RelatedEntity };
  /** The members of CreateOpportunity, without its catalog and token. */
  readonly 'opportunity.create': { readonly opportunity: JsonObject };
  readonly 'opportunity.disassociate': { readonly entity: RelatedEntity };
  readonly 'opportunity.submit': Submission;
  /** A JSON merge patch (RFC 7396) of the members of the opportunity. */
  readonly 'opportunity.update': { readonly patch: JsonObject };
}

/** What to do, with what the action needs. */
export type CommandContent<A extends CommandAction = CommandAction> = {
  [Each in A]: { readonly action: Each } & Needs[Each];
}[A];

/**
 * The record that a command is about: its id, the partner's own id of an opportunity, or the
 * opportunity that another command of the same client creates.
 */
export type CommandTarget =
  | { readonly id: string }
  | { readonly partnerId: string }
  /** The key of the command. */
  | { readonly command: string };

/** How a client wants a command to be treated. */
export interface CommandOptions {
  readonly catalog: string;
  /** Undefined if the command creates its record. */
  readonly target?: CommandTarget | undefined;
  /** Number of the version that the client saw. @default the version at the acceptance */
  readonly basedOn?: number | undefined;
  readonly onConflict: 'fail' | 'overwrite';
  readonly onLocked: 'wait' | 'fail';
  /** Key of a command of the same client that must have succeeded before. */
  readonly after?: string | undefined;
  /** The command does not begin after this. */
  readonly expiresAt: Instant;
  /** For people: not sent to AWS. */
  readonly note?: string | undefined;
  /** Confirms an action that cannot be undone. */
  readonly irreversible: boolean;
  /** Only says what the command would do. */
  readonly check: boolean;
}

export interface CommandRequest extends CommandOptions {
  readonly content: CommandContent;
}
