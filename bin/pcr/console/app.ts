import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { tryParseJson } from '../../../lambdas/core/json-text.ts';
import { messageOf } from '../error-text.ts';
import { CommandError, UsageError } from '../errors.ts';
import { problemIn } from '../field-problem.ts';
import type { Io } from '../io.ts';
import type { Relay } from '../relay.ts';
import { protectPage, refuseForeign, requireToken } from './access.ts';
import { parseAction } from './actions.ts';
import type { ApiProblem } from './api.ts';
import { ConsoleViews } from './console-views.ts';
import { viewDeal, viewMessage } from './deal.ts';
import type { DealFilter } from './deal-rows.ts';
import { viewDeliveries, viewDelivery } from './delivery-rows.ts';
import { viewCommands, viewInvitations } from './operations.ts';
import { servePage } from './page-files.ts';
import { optional, parameter } from './query.ts';

/** Far more than a request of the page has. */
const mostBodyBytes = 16_384;

export interface ConsoleDeps {
  readonly relay: Relay;
  readonly io: Io;
  /** The folder of the built page. */
  readonly page: string;
  readonly token: string;
  /** The port of the server. */
  readonly port: () => number;
}

/** Answers the page and its requests. `api.ts` describes them. */
export function consoleApp(deps: ConsoleDeps): Hono {
  const app = new Hono();
  app.use(protectPage());
  app.use(refuseForeign(deps.port));
  app.use('/api/*', requireToken(deps.token));
  app.use('/api/*', async (context, next) => {
    context.header('cache-control', 'no-store');
    await next();
  });
  const views = new ConsoleViews(deps.relay, deps.io);
  // A failure is read again, and reported, by the first view.
  void Promise.allSettled([views.prepare()]);
  addViews(app, views, deps);
  addActions(app, views, deps);
  app.notFound((context) => context.json(problem('There is no such path.'), 404));
  servePage(app, deps.page);
  app.onError((error, context) =>
    // A middleware that refuses a request has the answer already.
    error instanceof HTTPException ? error.getResponse() : context.json(problemOf(error), statusOf(error)),
  );
  return app;
}

function addViews(app: Hono, views: ConsoleViews, { relay }: ConsoleDeps): void {
  app.get('/api/stack', async (context) => context.json(await views.stack()));
  app.get('/api/deals', async (context) =>
    context.json(await views.deals(catalogOf(context), filterOf(context.req.query()))),
  );
  app.get('/api/deals/:id', async (context) =>
    context.json(await viewDeal(catalogOf(context), parameter('id', context.req.param('id')), relay)),
  );
  app.get('/api/messages/:catalog/:kind/:id/:version', async (context) => {
    const given = context.req.param();
    const key = {
      catalog: parameter('catalog', given.catalog),
      kind: parameter('kind', given.kind),
      id: parameter('id', given.id),
    };
    return context.json(await viewMessage(key, parameter('version', given.version), relay));
  });
  app.get('/api/activity', async (context) => context.json(await views.activity(catalogOf(context))));
  app.get('/api/invitations', async (context) => {
    const status = optional('status', context.req.query('status'));
    return context.json(await viewInvitations(catalogOf(context), status, relay));
  });
  app.get('/api/endpoints', async (context) => context.json(await views.endpoints.view()));
  app.get('/api/deliveries', async (context) => {
    const { endpoint, status, limit } = context.req.query();
    const chosen = optional('deliveryStatus', status);
    const criteria = {
      endpointId: optional('endpoint', endpoint),
      statuses: chosen && [chosen],
      limit: optional('limit', limit) ?? 100,
    };
    return context.json(await viewDeliveries(criteria, relay));
  });
  app.get('/api/deliveries/:id', async (context) =>
    context.json(await viewDelivery(parameter('delivery', context.req.param('id')), relay)),
  );
  app.get('/api/parked', async (context) => context.json(await views.parked.view()));
  app.get('/api/quota', async (context) => context.json(await views.quota()));
  app.get('/api/commands', async (context) => context.json(await viewCommands(catalogOf(context), relay)));
  app.get('/api/pipeline', (context) => {
    const days = optional('days', context.req.query('days')) ?? 90;
    return context.json(views.pipeline({ catalog: catalogOf(context), days }));
  });
}

function refuseLarge(context: Context): Response {
  return context.json(problem(`The request has more than ${mostBodyBytes} bytes.`), 413);
}

function catalogOf({ req }: Context): string {
  return parameter('catalog', req.query('catalog'));
}

function filterOf(given: Readonly<Record<string, string>>): DealFilter {
  return {
    stage: optional('stage', given['stage']),
    closing: optional('closing', given['closing']),
    idleDays: optional('idle', given['idle']),
    customer: optional('customer', given['customer']),
    partnerId: optional('partnerId', given['partnerId']),
    sort: optional('sort', given['sort']) ?? 'modified',
    limit: optional('limit', given['limit']) ?? 100,
  };
}

function addActions(app: Hono, views: ConsoleViews, { io }: ConsoleDeps): void {
  app.post('/api/actions', bodyLimit({ maxSize: mostBodyBytes, onError: refuseLarge }), async (context) => {
    const body = tryParseJson(await context.req.text());
    if (body === undefined)
      throw new UsageError('request: it is not JSON; allowed: one of the actions as JSON');
    try {
      return context.json(await parseAction(body).act(io));
    } finally {
      views.forget();
    }
  });
}

function problem(message: string): ApiProblem {
  return { message };
}

function problemOf(error: Error): ApiProblem {
  if (!(error instanceof UsageError)) return problem(messageOf(error));
  const [first = error.message] = error.problems;
  const { field, value, allowed } = problemIn(first);
  return { message: error.message, field, value, allowed };
}

function statusOf(error: Error): 400 | 409 | 500 {
  if (error instanceof UsageError) return 400;
  return error instanceof CommandError ? 409 : 500;
}
