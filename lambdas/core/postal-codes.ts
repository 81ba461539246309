// From the same tables as `opportunity-rules.ts`. Countries by their ISO 3166 codes.

/** `#` is a digit, `@` a letter, and all else itself. */
const countriesByFormats: readonly (readonly [formats: string, countries: string])[] = [
  ['##', 'JM'],
  ['120', 'VA'],
  ['###', 'FO IS LS MG OM PG'],
  ['###|####', 'BH'],
  [
    '####',
    'AF AL AM AT AU BD BG CC CH CV CX CY DK ET GE GL GW HT HU LI LR LU MK MZ NE NF NO NZ PH PY SJ SV TN ZA',
  ],
  ['####|#####', 'CR MV'],
  ['####|B-####', 'BE'],
  ['####|####-###', 'PT'],
  ['####@@|#### @@', 'NL'],
  [
    '#####',
    'AX BA BT CU DE DO DZ EE EG ES FI FR GT GU HN HR ID IQ IT JO KE KH KR KW LA LK MA ME MH MM MN MP MX MY NA NI NP PE PK PR PW RS SD SN SS TD TH TR TW UA UY VI ZM',
  ],
  ['#####|### ##', 'CZ GR SK'],
  ['#####|#####-###', 'BR'],
  ['#####|#####-####', 'US'],
  ['#####|#######', 'IL'],
  ['#####|### ##|S-#####|SE-#####', 'SE'],
  ['#####|LT-#####', 'LT'],
  ['#####-####', 'SA'],
  ['######', 'CN CO EC KG KZ NG PA RO SG TJ TM TT VN'],
  ['######|### ###', 'IN'],
  ['#######|###-####', 'JP'],
  ['##-###', 'PL'],
  ['4789#', 'SM'],
  ['971##', 'GP'],
  ['972##', 'MQ'],
  ['973##', 'GF'],
  ['974##', 'RE'],
  ['976##', 'YT'],
  ['980##', 'MC'],
  ['986##', 'WF'],
  ['987##', 'PF'],
  ['988##', 'NC'],
  ['97133', 'BL'],
  ['97150', 'MF'],
  ['97500', 'PM'],
  ['KB####', 'BN'],
  ['M###', 'SZ'],
  ['VC####', 'VC'],
  ['@#@#@#|@#@ #@#', 'CA'],
  ['@## #@#@|@###@#@', 'IE'],
  ['@@ ##|@@ @@', 'BM'],
  ['@@@####|@@@ ####', 'MT'],
  ['@# #@@|@## #@@|@@# #@@|@@## #@@|@#@ #@@|@@#@ #@@|@##@@|@###@@|@@##@@|@@###@@|@#@#@@|@@#@#@@', 'GB'],
];

/** The formats of each country. Of other countries nothing is known. */
export const postalCodeFormats: ReadonlyMap<string, readonly string[]> = new Map(
  countriesByFormats.flatMap(([formats, countries]) =>
    countries.split(' ').map((country): [string, readonly string[]] => [country, formats.split('|')]),
  ),
);

export const countriesWithoutPostalCodes: readonly string[] =
  'AE AG AN AO AW BF BI BJ BO BQ BS BW BZ CF CG CI CK CM CW DJ DM ER FJ GD GH GM GQ GY HK HM KI KM KN LY ML MO MR MW NR NU QA RW SB SC SH SL SR ST SY TF TG TK TL TO TV UG VU YE ZW'.split(
    ' ',
  );

/** Whether a postal code has one of the formats. Small letters count as capital ones. */
export function hasFormat(postalCode: string, formats: readonly string[]): boolean {
  return formats.some((format) => patternOf(format).test(postalCode));
}

function patternOf(format: string): RegExp {
  return new RegExp(`^${format.replaceAll('#', '\\d').replaceAll('@', '[A-Z]')}$`, 'i');
}
