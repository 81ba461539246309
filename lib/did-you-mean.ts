/**
 * Finds the setting that a misspelt key of the CDK context probably names. Finds `catalogs` for
 * `catalogs`, `relay:Catalogs`, `relay.catalogs`, `RELAY_CATALOGS` and `realy:catalog`.
 * @param names of the settings, without prefix
 * @returns undefined if the key resembles no setting
 */
export function didYouMean(key: string, names: readonly string[]): string | undefined {
  // The name is what follows the last separator, however the prefix is spelt.
  const candidates = [key, key.replace(/^.*[:./]/, ''), key.replace(/^relay/i, '')].map(normalized);
  return names.find((name) => candidates.includes(normalized(name)));
}

/** Ignores the usual mistakes: case, separators and plural. */
const normalized = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/s$/, '');
