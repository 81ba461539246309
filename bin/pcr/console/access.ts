import type { MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { secureHeaders } from 'hono/secure-headers';

/**
 * Refuses requests that do not come from the page itself. A web page elsewhere can make a browser
 * send requests to 127.0.0.1, and can point a name of its own there (DNS rebinding): then `Host` is
 * that name. Browsers say in `Origin` and `Sec-Fetch-Site` where a request comes from.
 * @param port of this server
 */
export function refuseForeign(port: () => number): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    const hosts = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port()}`);
    const host = req.header('host') ?? '';
    if (!hosts.includes(host))
      return context.json({ message: `This address is only for ${hosts.join(' and ')}.` }, 403);
    const origin = req.header('origin');
    const site = req.header('sec-fetch-site') ?? 'same-origin';
    const isForeign = (origin !== undefined && origin !== `http://${host}`) || !ownSites.includes(site);
    if (isForeign) return context.json({ message: 'Requests of other web pages are refused.' }, 403);
    return await next();
  };
}

/** `none`: a person has opened the address, for example from a terminal. */
const ownSites = ['same-origin', 'none'];

/** Requires the token of the link that was printed. It is compared in constant time. */
export function requireToken(token: string): MiddlewareHandler {
  const refusal = {
    message: { message: 'The token is wrong: open the link that pcr console or npm start printed.' },
  };
  return bearerAuth({
    token,
    noAuthenticationHeader: refusal,
    invalidAuthenticationHeader: refusal,
    invalidToken: refusal,
  });
}

/** The page loads nothing from elsewhere, sends its address nowhere, and is in no other page. */
export function protectPage(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    crossOriginResourcePolicy: 'same-origin',
    crossOriginOpenerPolicy: 'same-origin',
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // There is no TLS on this machine.
    strictTransportSecurity: false,
  });
}
