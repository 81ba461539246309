import type { Instant } from './instant.ts';
import type { JsonObject } from './json.ts';

/** What a client can ask for. Each is one write of the Selling API. */
export const commandActions = [
  'invitation.accept',
  'invitation.reject',
  'opportunity.assign',
  'opportunity.associate',
  'opportunity.disassociate',
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

/** What to do, with what each action needs. */
export type CommandContent =
  | { readonly action: 'invitation.accept' }
  | { readonly action: 'invitation.reject'; readonly reason?: string | undefined }
  | { readonly action: 'opportunity.assign'; readonly assignee: JsonObject }
  | {
      readonly action: 'opportunity.associate' | 'opportunity.disassociate';
      readonly entity: RelatedEntity;
    }
  /** A JSON merge patch (RFC 7396) of the members of the opportunity. */
  | { readonly action: 'opportunity.update'; readonly patch: JsonObject };

/** The record that a command is about: its id, or the partner's own id of an opportunity. */
export type CommandTarget = { readonly id: string } | { readonly partnerId: string };

/** How a client wants a command to be treated. */
export interface CommandOptions {
  readonly catalog: string;
  readonly target: CommandTarget;
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
