/**
 * The HTTP interface between the server of `pcr console` and its page. All paths begin with `/api/`
 * and need the header `Authorization: Bearer TOKEN`. Times are ISO 8601 in UTC. An error is
 * answered with `ApiProblem` and a status: 400 a wrong value, or an id that is not in the table;
 * 401 a wrong token; 403 another web page; 404 another path; 409 an action that failed; 413 too
 * large; 500 any other failure.
 */

/** Why a request was refused. */
export interface ApiProblem {
  readonly message: string;
  readonly field?: string | undefined;
  readonly value?: string | undefined;
  readonly allowed?: string | undefined;
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** `GET /api/stack` */
export interface StackView {
  readonly stackName: string;
  readonly region: string;
  /** Whether the page may control a simulated partner. */
  readonly isLocal: boolean;
  readonly catalogs: readonly string[];
  /** Whether the stack takes commands. */
  readonly hasCommands: boolean;
}

/** A deal, from the summary in the indexes. */
export interface DealRow {
  readonly id: string;
  readonly version?: number | undefined;
  readonly title?: string | undefined;
  readonly customer?: string | undefined;
  readonly partnerId?: string | undefined;
  readonly stage?: string | undefined;
  readonly reviewStatus?: string | undefined;
  /** Target close date, `YYYY-MM-DD`. */
  readonly closeDate?: string | undefined;
  readonly modifiedAt?: string | undefined;
  /** Decimal digits: an amount may be longer than a number of JavaScript is exact. */
  readonly amount?: string | undefined;
  readonly currency?: string | undefined;
  readonly nextSteps?: string | undefined;
  readonly owner?: string | undefined;
  /** Says what is wrong with a row that was edited by hand. */
  readonly unreadable?: string | undefined;
}

export const dealSorts = ['modified', 'closing', 'amount', 'customer'] as const;
export const closings = ['overdue', '7', '30', '90'] as const;

/**
 * `GET /api/deals?catalog=AWS`, with any of `stage`, `closing` (`overdue`, or a number of days),
 * `idle` (days without a modification), `customer` (part of the name), `partnerId` (its start),
 * `sort`, `limit` (1 to 1000).
 */
export interface DealsView {
  /** Deals that were read so far. */
  readonly read: number;
  /** False while the server is still reading the deals. */
  readonly isComplete: boolean;
  readonly matched: number;
  readonly rows: readonly DealRow[];
  /** Deals of each stage that match all filters but that of the stage. */
  readonly stages: readonly StageCount[];
}

export interface StageCount {
  readonly stage: string;
  readonly count: number;
  /** Sums by currency. */
  readonly amounts: readonly MoneySum[];
}

export interface MoneySum {
  readonly currency: string;
  readonly amount: number;
}

/** `GET /api/deals/ID?catalog=AWS` */
export interface DealView {
  readonly catalog: string;
  readonly deal: DealRow;
  /** The whole record as AWS names it. Empty if its item was edited by hand and is invalid. */
  readonly record: JsonValue;
  readonly readAt?: string | undefined;
  /** AWS's own side: the record of kind `aws-opportunity-summary`. */
  readonly aws?:
    | { readonly version: number; readonly readAt: string; readonly record: JsonValue }
    | undefined;
  readonly links: readonly { readonly kind: string; readonly id: string; readonly via: string }[];
  readonly stays: readonly StageStay[];
  /** Newest first, at most 200. */
  readonly versions: readonly VersionRow[];
  readonly hasMoreVersions: boolean;
  /** Newest first, at most 200. */
  readonly deliveries: readonly DeliveryRow[];
}

/** The time that a deal was in a stage. */
export interface StageStay {
  readonly stage: string;
  readonly enteredAt: string;
  /** Undefined for the present stage. */
  readonly leftAt?: string | undefined;
}

export interface VersionRow {
  readonly version: number;
  readonly messageId?: string | undefined;
  readonly type?: string | undefined;
  readonly topics?: readonly string[] | undefined;
  readonly occurredAt?: string | undefined;
  readonly detailType?: string | undefined;
  readonly changes?: readonly ChangeRow[] | undefined;
  readonly unreadable?: string | undefined;
}

export interface ChangeRow {
  /** JSON Pointer into the record. */
  readonly path: string;
  readonly before?: JsonValue | undefined;
  readonly after?: JsonValue | undefined;
}

/** `GET /api/messages/CATALOG/KIND/ID/VERSION`: the message of a version, unredacted. */
export interface MessageView {
  readonly messageId: string;
  readonly body: JsonValue;
}

/** `GET /api/activity?catalog=AWS`: the newest 50 versions of all records. */
export interface ActivityView {
  /** Newest first. */
  readonly rows: readonly ActivityRow[];
}

export interface ActivityRow {
  readonly messageId: string;
  readonly catalog: string;
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly topics: readonly string[];
  readonly title?: string | undefined;
  readonly customer?: string | undefined;
  readonly detailType: string;
  /** Time of the event. */
  readonly eventAt: string;
  /** When the version was read, or caused. */
  readonly knownAt: string;
  readonly deliveries: readonly ActivityDelivery[];
  /** Whether all is delivered or given up, and no other endpoint wants the version. */
  readonly isSettled: boolean;
}

export interface ActivityDelivery {
  readonly id: string;
  readonly endpointId: string;
  readonly status: string;
  readonly attempts: number;
  readonly httpStatus?: number | undefined;
  /** Milliseconds from the event to the end of the last attempt. */
  readonly afterMs?: number | undefined;
}

/** `GET /api/invitations?catalog=AWS&status=PENDING`: next to expire first. */
export interface InvitationsView {
  readonly rows: readonly InvitationRow[];
  readonly hasMore: boolean;
}

export interface InvitationRow {
  readonly id: string;
  readonly version?: number | undefined;
  readonly title?: string | undefined;
  readonly customer?: string | undefined;
  readonly status?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly engagementId?: string | undefined;
  readonly unreadable?: string | undefined;
}

/** `GET /api/endpoints` */
export interface EndpointsView {
  readonly rows: readonly EndpointRow[];
}

export interface EndpointRow {
  readonly id: string;
  readonly state: 'enabled' | 'disabled' | 'unreadable';
  /** When and why it was disabled. */
  readonly disabled?: { readonly at: string; readonly reason: string } | undefined;
  readonly destination?: string | undefined;
  readonly topics?: readonly string[] | undefined;
  readonly breaker?: string | undefined;
  readonly breakerState?: 'closed' | 'open' | 'half-open' | undefined;
  readonly pause?: string | undefined;
  /** The last 24 hours, oldest first: fewer if more than 2,000 deliveries were added in them. */
  readonly hours?: readonly OutcomeHour[] | undefined;
}

export interface OutcomeHour {
  /** Start of the hour. */
  readonly from: string;
  readonly delivered: number;
  readonly waiting: number;
  readonly failed: number;
}

/** `GET /api/deliveries?endpoint=EP&status=exhausted&limit=100`: newest first. */
export interface DeliveriesView {
  readonly rows: readonly DeliveryRow[];
  readonly hasMore: boolean;
}

export interface DeliveryRow {
  readonly id: string;
  readonly endpointId: string;
  readonly status: string;
  readonly record?: string | undefined;
  readonly version?: number | undefined;
  readonly attempts?: number | undefined;
  readonly createdAt: string;
  readonly dueAt?: string | undefined;
  readonly reason?: string | undefined;
}

/** `GET /api/deliveries/ID`: what `pcr deliveries show ID --body --json` prints. */
export interface DeliveryView extends DeliveryRow {
  readonly attemptsMade: readonly AttemptRow[];
  /** The message as it would be sent now. */
  readonly body?: JsonValue | undefined;
  readonly bodyMissing?: string | undefined;
}

export interface AttemptRow {
  readonly number: number;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly outcome: string;
  readonly status?: number | undefined;
  readonly answer?: string | undefined;
  readonly reason?: string | undefined;
}

/** `GET /api/parked`: at most 100 messages of each queue. */
export interface ParkedView {
  readonly rows: readonly ParkedRow[];
}

export interface ParkedRow {
  readonly queue: string;
  readonly id: string;
  readonly parkedAt?: string | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
}

/** `GET /api/quota` */
export interface QuotaView {
  readonly reads: QuotaRow;
  /** Undefined if the stack takes no commands. */
  readonly writes?: QuotaRow | undefined;
  readonly passes: readonly PassRow[];
}

export interface QuotaRow {
  readonly perSecond: number;
  readonly perDay: number;
  readonly used: number;
  readonly left: number;
  readonly closedUntil?: string | undefined;
  /** Calls by hour, for example `2026-03-01T10`. */
  readonly hours: Readonly<Record<string, number>>;
}

/** What `reconcile` does by itself. */
export interface PassRow {
  readonly catalog: string;
  readonly name: string;
  readonly isRunning: boolean;
  readonly dueAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly failedAt?: string | undefined;
  readonly failure?: string | undefined;
  readonly items?: number | undefined;
  readonly changes?: number | undefined;
  readonly missing?: number | undefined;
}

/** `GET /api/commands?catalog=AWS`: changed last first, at most 100. */
export interface CommandsView {
  readonly rows: readonly CommandRow[];
  readonly hasMore: boolean;
}

export interface CommandRow {
  readonly id: string;
  readonly catalog: string;
  readonly status?: string | undefined;
  readonly action?: string | undefined;
  readonly target?: string | undefined;
  readonly key?: string | undefined;
  readonly why?: string | undefined;
  readonly acceptedAt?: string | undefined;
  readonly expiresAt?: string | undefined;
  /** Whether it waits for an approval. */
  readonly canApprove: boolean;
  readonly canCancel: boolean;
  readonly unreadable?: string | undefined;
}

/** `GET /api/pipeline?catalog=AWS&days=90` (1 to 365): from the versions. */
export interface PipelineView {
  readonly read: number;
  /** False while the server is still reading versions. */
  readonly isComplete: boolean;
  /** `YYYY-MM-DD`, oldest first. */
  readonly days: readonly string[];
  /** Expected spend of open and launched deals by stage and currency, in the order of stages. */
  readonly series: readonly PipelineSeries[];
  /** How long deals have been in their present stage, for open stages. */
  readonly ageing: readonly StageAges[];
}

export interface PipelineSeries {
  readonly stage: string;
  readonly currency: string;
  /** One for each day, at its end. */
  readonly amounts: readonly number[];
  readonly counts: readonly number[];
}

export interface StageAges {
  readonly stage: string;
  /** Deals that have been in the stage for up to 7, 30, 90 and more days. */
  readonly upTo7: number;
  readonly upTo30: number;
  readonly upTo90: number;
  readonly more: number;
}

/** `POST /api/actions`: what the page can do. Those of the local stage begin with `stage.`. */
export type ActionRequest =
  | { readonly action: 'endpoint.test'; readonly id: string }
  | { readonly action: 'endpoint.pause'; readonly id: string; readonly reason: string }
  | { readonly action: 'endpoint.enable'; readonly id: string }
  /** @property since 90m, 7d or 2026-03-01 */
  | { readonly action: 'endpoint.replay'; readonly id: string; readonly since: string }
  | { readonly action: 'delivery.retry'; readonly id: string }
  | { readonly action: 'parked.redrive'; readonly queue: string; readonly id: string }
  | { readonly action: 'parked.drop'; readonly queue: string; readonly id: string }
  | { readonly action: 'command.approve'; readonly id: string }
  | { readonly action: 'command.cancel'; readonly id: string }
  | { readonly action: 'stage.change-deal'; readonly id: string }
  | { readonly action: 'stage.new-invitation' }
  | { readonly action: 'stage.throttle'; readonly seconds: number }
  | { readonly action: 'stage.receiver-down'; readonly seconds: number };

export interface ActionResult {
  /** The command line that does the same, for example `pcr endpoints test ep_crm`. */
  readonly command?: string | undefined;
  /** What it printed with `--json`. */
  readonly result?: JsonValue | undefined;
  /** Warnings and progress, in words. */
  readonly notes: readonly string[];
}
