import { useEffect, useState } from 'preact/hooks';

/** The place in the page that the fragment of the address names: `#/deals?stage=Qualified`. */
export interface Route {
  /** `deals`, `endpoints` … */
  readonly view: string;
  /** What follows the view: a catalog, an id. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
}

function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [view = '', ...rest] = path.split('/').map(decodePart);
  return { view: view || 'deals', rest, query: new URLSearchParams(query) };
}

/** A part that is not valid percent-encoding stays as it is. */
function decodePart(text: string): string {
  return /%(?![0-9a-f]{2})/i.test(text) ? text : decodeURIComponent(text);
}

/** `#/deals/AWS/O123` */
export function hrefOf(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const update = (): void => setHash(location.hash);
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  return parseRoute(hash);
}

/**
 * Sets values in the query of the address without a new entry in the history: a filter is no place
 * to go back to. An empty value is removed.
 */
export function setQuery(values: Readonly<Record<string, string>>): void {
  const [path = '', query = ''] = location.hash.split('?');
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(values)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  history.replaceState(null, '', `${path || '#/deals'}${next.size > 0 ? `?${next}` : ''}`);
  dispatchEvent(new Event('hashchange'));
}
