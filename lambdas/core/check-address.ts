import type { JsonObject } from './json.ts';
import { memberAt } from './merge-patch.ts';
import type { RatedFinding } from './opportunity-finding.ts';
import { hasFormat, postalCodeFormats } from './postal-codes.ts';
import { statesOfTheUs } from './states-of-the-us.ts';

const address = '/Customer/Account/Address';

/** Finds a postal code and a state that AWS's tables do not have for the country. */
export function checkAddress(body: JsonObject): readonly RatedFinding[] {
  const [country, postalCode, state] = ['CountryCode', 'PostalCode', 'StateOrRegion'].map((name) =>
    memberAt(body, `${address}/${name}`),
  );
  const formats = typeof country === 'string' ? postalCodeFormats.get(country) : undefined;
  return [
    ...(formats && typeof postalCode === 'string' && !hasFormat(postalCode, formats)
      ? [unusual('PostalCode', `the format ${formats.join(' or ')}, where # is a digit and @ a letter`)]
      : []),
    ...(country === 'US' && typeof state === 'string' && !statesOfTheUs.includes(state)
      ? [unusual('StateOrRegion', 'the full name of a state, such as Washington')]
      : []),
  ];
}

function unusual(name: string, allowed: string): RatedFinding {
  const path = `${address}/${name}`;
  const message = `${path} is a text that AWS does not list for the country; allowed: ${allowed}.`;
  return { level: 'warning', path, code: 'unknown-value', message, dependsOn: [`${address}/CountryCode`] };
}
