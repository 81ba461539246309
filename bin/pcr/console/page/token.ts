const key = 'pcr-console-token';

/**
 * Takes the token from the address, `#token=…`, and removes it there, so that no bookmark and no
 * history holds it. A reload of the tab finds it in the storage of the tab.
 * @returns undefined if the tab has no token
 */
export function takeToken(): string | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem(key, given);
    history.replaceState(null, '', '#/deals');
  }
  return sessionStorage.getItem(key) ?? undefined;
}
