/** A route of an HTTP API, which calls a function. */
export interface Route {
  readonly apiId: string;
  /** `GET /commands/{key+}` */
  readonly routeKey: string;
  readonly functionArn: string;
  /** Whether IAM authorizes callers. Otherwise anyone can call it. */
  readonly isForIam: boolean;
}

export interface MatchedRoute {
  readonly route: Route;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Call {
  readonly method: string;
  readonly url: URL;
}

/** Finds the route for a request. It knows the parameters `{name}`, and `{name+}` at the end. */
export function matchRoute(routes: readonly Route[], { method, url }: Call): MatchedRoute | undefined {
  for (const route of routes) {
    const [ofRoute = '', template = ''] = route.routeKey.split(' ');
    const pathParameters = ofRoute === method ? matchPath(template, url.pathname) : undefined;
    if (pathParameters) return { route, pathParameters };
  }
  return undefined;
}

function matchPath(template: string, pathname: string): Readonly<Record<string, string>> | undefined {
  const pattern = template.replaceAll(/\{(\w+)\+\}/g, '(?<$1>.+)').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const found = new RegExp(`^${pattern}$`).exec(pathname);
  if (!found) return undefined;
  const named = Object.entries(found.groups ?? {});
  return Object.fromEntries(named.map(([name, value]) => [name, decodeURIComponent(value)]));
}
