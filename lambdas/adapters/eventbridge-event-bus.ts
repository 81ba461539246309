import type {
  EventBridgeClientConfig,
  PutEventsRequestEntry,
  PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import { errorName } from '../core/service-error.ts';
import { xrayTraceHeaderOf } from '../core/trace.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Answer } from '../ports/webhook-transport.ts';

/** `source` of every event of this stack. */
const source = 'partner-central-relay';

/** Of what EventBridge says, this much is kept for people to look at. */
const keptCharacters = 512;

/**
 * PutEvents of EventBridge, an event for each message.
 * @param settings of the client. @default those of the environment
 */
export function eventBridgeEventBus(settings: EventBridgeClientConfig = {}): EventBus {
  let loading: ReturnType<typeof load> | undefined;
  return {
    async put(busArn, { type, body, trace }, timeoutMs) {
      loading ??= load(settings);
      const { putEvents, ServiceException } = await loading;
      const entry = {
        EventBusName: busArn,
        Source: source,
        DetailType: type,
        Detail: body,
        // To the services that are targets, not in the event: its detail is the message, the same bytes wherever it goes.
        TraceHeader: xrayTraceHeaderOf(trace),
      };
      try {
        const { Entries: [result] = [], $metadata } = await putEvents(entry, AbortSignal.timeout(timeoutMs));
        return { ...answerOf(result), ...withStatus($metadata.httpStatusCode) };
      } catch (error) {
        if (error instanceof ServiceException)
          return { ...refusal(error.name, error.message), ...withStatus(error.$metadata.httpStatusCode) };
        const isLate = ['AbortError', 'TimeoutError'].includes(errorName(error));
        return { outcome: isLate ? 'timed-out' : 'unreachable' };
      }
    },
  };
}

/** With the first event: a stack whose endpoints are all webhooks does not pay for this client at each cold start. */
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

/** The call can succeed while its only entry fails. */
function answerOf(result: PutEventsResultEntry = {}): Answer {
  const { EventId, ErrorCode, ErrorMessage } = result;
  if (EventId !== undefined) return { outcome: 'delivered', answer: EventId };
  return refusal(ErrorCode ?? 'NoResult', ErrorMessage ?? 'EventBridge says nothing of this event');
}

function refusal(name: string, text: string): Answer {
  // As an entry: NotAuthorizedForSourceException and the like, of a bus whose policy lets others in.
  const forbidden = name === 'AccessDeniedException' || name.startsWith('NotAuthorized');
  const answer = `${name}: ${text}`.slice(0, keptCharacters).toWellFormed();
  return { outcome: forbidden ? 'forbidden' : 'refused', answer };
}

function withStatus(status: number | undefined): Pick<Answer, 'status'> {
  return status === undefined ? {} : { status };
}
