import * as v from 'valibot';
import { definitionOf } from '../../lambdas/core/action-definitions.ts';
import { type CommandAction, commandActions } from '../../lambdas/core/command.ts';
import { apiUrlOn } from './api-url.ts';
import { untilTrue } from './checks.ts';
import type { Pcr } from './pcr.ts';
import { until } from './until.ts';
import type { Run } from './use.ts';

/** A command of each action. Its key is its action. */
type Requests = Readonly<Record<CommandAction, { readonly target?: string } & Record<string, unknown>>>;

/**
 * Sends one command of each action to the deployed HTTP API, and waits until each has succeeded
 * with exactly one write in Partner Central.
 * @throws Error naming what failed
 */
export async function sendCommands(run: Run, emulatorUrl: string, pcr: Pcr): Promise<void> {
  const { central, report } = run;
  const api = apiUrlOn(emulatorUrl, run.deployed.output('CommandsUrl'));
  const requests = createTargets(run);
  await run.put(central.takeEmitted());
  await untilTrue(run, 120);
  const writtenBefore = central.partner.writes.effective.length;
  await assertRefusesUnsigned(api);
  for (const [action, request] of Object.entries(requests)) await send(api, action, request);
  await until('each command has succeeded', 180, async () => {
    const answers = await Promise.all(Object.keys(requests).map((key) => readAnswer(api, key)));
    return answers.filter((answer) => !answer.endsWith('succeeded'));
  });
  assertOneWriteEach(requests, central.partner.writes.effective.slice(writtenBefore));
  report(
    `${Object.keys(requests).length} commands over HTTP, one of each action: each succeeded with one write`,
  );
  await run.put(central.takeEmitted());
  await untilTrue(run, 120);
  await assertPrinted(requests, pcr);
  report('The table agrees with Partner Central; pcr commands list and show print the commands');
}

function createTargets({ central: { partner } }: Run): Requests {
  const RelatedEntityIdentifiers = { Solutions: [] };
  const target = partner.createOpportunity('AWS', { patch: { RelatedEntityIdentifiers } });
  const entity = { type: 'Solutions', id: 'S-91234567' };
  const assignee = {
    Email: 'jane@partner.example.com',
    FirstName: 'Jane',
    LastName: 'Example',
    BusinessTitle: 'Manager',
  };
  const lead = { Id: '1', Type: 'Lead', Payload: { Lead: { Customer: { CompanyName: 'Example Corp' } } } };
  const led = () => partner.createEngagement('AWS', { patch: { Contexts: [lead] } });
  return {
    'engagement.update_context': {
      target: led(),
      context: { id: '1', patch: { Lead: { QualificationStatus: 'Qualified' } } },
    },
    'lead.accept': { target: partner.createInvitation('AWS', 'LeadInvitation') },
    'lead.to_opportunity': { target: led(), context: { id: '1' } },
    'invitation.accept': { target: partner.createInvitation('AWS', 'OpportunityInvitation') },
    'invitation.reject': {
      target: partner.createInvitation('AWS', 'OpportunityInvitation'),
      irreversible: true,
    },
    'opportunity.update': { target, patch: { LifeCycle: { NextSteps: 'Send the offer' } } },
    'opportunity.assign': { target, assignee },
    'opportunity.associate': { target, entity },
    'opportunity.create': {
      opportunity: { PartnerOpportunityIdentifier: 'deal-1', LifeCycle: { TargetCloseDate: '2099-12-31' } },
    },
    'opportunity.submit': { target: partner.createOpportunity('AWS'), involvementType: 'Co-Sell' },
    // It removes the only solution, which cannot be undone.
    'opportunity.disassociate': { target, entity, after: 'opportunity.associate', irreversible: true },
  };
}

/** The emulator does not check signatures, only that there is one. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=local/20260301/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0';

async function assertRefusesUnsigned(api: string): Promise<void> {
  const { status } = await fetch(`${api}/commands/any`);
  if (status !== 403) throw new Error(`The API answers ${status} to a request without a signature, not 403.`);
}

async function send(api: string, key: string, request: object): Promise<void> {
  const answer = await fetch(`${api}/commands`, {
    method: 'POST',
    headers: { authorization, 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ action: key, catalog: 'AWS', ...request }),
  });
  if (answer.status !== 202)
    throw new Error(`The command ${key} is not accepted: ${answer.status} ${await answer.text()}`);
}

const answerSchema = v.object({ status: v.string() });

async function readAnswer(api: string, key: string): Promise<string> {
  const answer = await fetch(`${api}/commands/${encodeURIComponent(key)}`, { headers: { authorization } });
  const text = await answer.text();
  if (!answer.ok) return `${key}: ${answer.status} ${text}`;
  const { status } = v.parse(answerSchema, JSON.parse(text));
  return status === 'succeeded' ? `${key}: succeeded` : `${key}: ${text}`;
}

/** Their writes are those of a new opportunity. */
const newOpportunity: readonly string[] = ['CreateOpportunity', 'StartOpportunityFromEngagementTask'];

/** The id of a new opportunity is not known before. */
function describeWrite(operation: string, id = 'a new one'): string {
  return `${operation} of ${id}`;
}

function targetOf(action: CommandAction, requests: Requests): string | undefined {
  return newOpportunity.includes(definitionOf(action).operation) ? undefined : requests[action].target;
}

function assertOneWriteEach(
  requests: Requests,
  written: readonly { readonly operation: string; readonly id: string }[],
): void {
  const expected = commandActions.map((action) =>
    describeWrite(definitionOf(action).operation, targetOf(action, requests)),
  );
  const found = written.map(({ operation, id }) =>
    describeWrite(operation, newOpportunity.includes(operation) ? undefined : id),
  );
  if (found.toSorted().join() !== expected.toSorted().join())
    throw new Error(`The writes are ${found.join(', ')}; expected: ${expected.join(', ')}`);
}

/** `pcr` has the same caller as the requests over HTTP, so it finds the commands by their keys. */
async function assertPrinted(requests: Requests, pcr: Pcr): Promise<void> {
  const list = (await pcr('commands', 'list', '--status', 'succeeded')).split('\n');
  for (const [action, { target }] of Object.entries(requests)) {
    // The id of a new opportunity is not known before.
    const known = target === undefined ? /\bO\d+\b/ : new RegExp(`\\b${target}\\b`);
    if (!list.some((line) => line.includes(action) && known.test(line)))
      throw new Error(`pcr commands list lacks ${action} of ${known}:\n${list.join('\n')}`);
    const printed = await pcr('commands', 'show', action);
    if (!/^Status: +succeeded$/m.test(printed) || !known.test(printed))
      throw new Error(`pcr commands show ${action} prints:\n${printed}`);
  }
}
