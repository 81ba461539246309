import type {
  EventBridgeClientConfig,
  PutEventsRequestEntry,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { AttemptKind } from '../core/blame.ts';
import { maskTexts } from '../core/mask.ts';
import { errorName } from '../core/service-error.ts';
import { xrayTraceHeaderOf } from '../core/trace.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Answer } from '../ports/webhook-transport.ts';
import { isThrottling } from './aws-failure.ts';

/** `source` of every event that this stack sends. */
const source = 'partner-central-relay';

/** At most this much of an answer of EventBridge is kept with the attempt. */
const keptCharacters = 512;

/**
 * Puts each message as one event on an event bus.
 * @param settings of the client; by default from the environment
 */
export function eventBridgeEventBus(settings: EventBridgeClientConfig = {}): EventBus {
  let loading: ReturnType<typeof load> | undefined;
  return {
    async put(busArn, { type, body, trace, masked = [] }, timeoutMs) {
      loading ??= load(settings);
      const { putEvents, ServiceException } = await loading;
      const entry = {
        EventBusName: busArn,
        Source: source,
        DetailType: type,
        Detail: body,
        // The trace goes to the targets as metadata. The detail is the message, the same bytes as
        // for a webhook.
        TraceHeader: xrayTraceHeaderOf(trace),
      };
      try {
        const { Entries: [result] = [], $metadata } = await putEvents(entry, AbortSignal.timeout(timeoutMs));
        return { ...answerOf(result, masked), ...withStatus($metadata.httpStatusCode) };
      } catch (error) {
        if (error instanceof ServiceException)
          return {
            ...refusal(error.name, maskTexts(error.message, masked), error.$metadata.httpStatusCode),
            ...withStatus(error.$metadata.httpStatusCode),
          };
        const isLate = ['AbortError', 'TimeoutError'].includes(errorName(error));
        return isLate
          ? {
              outcome: 'timed-out',
              kind: 'aws-fault',
              reason: `no answer of EventBridge within ${timeoutMs / 1_000} s`,
            }
          : {
              outcome: 'unreachable',
              kind: 'aws-fault',
              reason: `no answer of EventBridge: ${textOf(error, masked)}`,
            };
      }
    },
  };
}

/**
 * Loads the client with the first event. A stack with webhooks only does not pay for it at cold
 * start.
 */
async function load(settings: EventBridgeClientConfig) {
  const { EventBridgeClient, EventBridgeServiceException, PutEventsCommand } = await import(
    '@aws-sdk/client-eventbridge'
  );
  const client = new EventBridgeClient(settings);
  return {
    putEvents: (entry: PutEventsRequestEntry, abortSignal: AbortSignal) =>
      client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal }),
    ServiceException: EventBridgeServiceException,
  };
}

/** The call can succeed although its only entry fails. */
function answerOf(result: PutEventsResultEntry | undefined, masked: readonly string[]): Answer {
  const { EventId, ErrorCode, ErrorMessage } = result ?? {};
  if (EventId !== undefined) return { outcome: 'delivered', answer: EventId };
  const text = ErrorMessage ?? 'EventBridge returned no result for the event';
  return refusal(ErrorCode ?? 'NoResult', maskTexts(text, masked));
}

/** Errors of the network and of credentials have no name that is enough. */
function textOf(error: unknown, masked: readonly string[]): string {
  const text = error instanceof Error ? error.message : '';
  return `${errorName(error)} ${maskTexts(text, masked)}`.trim().slice(0, keptCharacters).toWellFormed();
}

function refusal(name: string, text: string, status?: number): Answer {
  const answer = `${name}: ${text}`.slice(0, keptCharacters).toWellFormed();
  // An entry fails with NotAuthorizedForSourceException and similar codes if the policy of the bus
  // denies it.
  if (isDenied(name)) return { outcome: 'forbidden', answer, kind: 'own-fault' };
  return { outcome: 'refused', answer, kind: kindOf(name, text, status) };
}

function isDenied(name: string): boolean {
  return /^(AccessDenied|NotAuthorized|UnrecognizedClient|InvalidClientToken|ExpiredToken|KMS)/.test(name);
}

/** A bus that does not exist is the endpoint's failure: its definition names it. */
function kindOf(name: string, text: string, status = 0): AttemptKind {
  if (isThrottling(name, status) || status >= 500 || /^Internal|Unavailable/.test(name)) return 'aws-fault';
  const isTooLarge = status === 413 || name === 'RequestEntityTooLarge' || /\bsize\b|too large/i.test(text);
  return isTooLarge || name === 'MalformedDetail' ? 'undeliverable' : 'failed';
}

function withStatus(status: number | undefined): Pick<Answer, 'status'> {
  return status === undefined ? {} : { status };
}
