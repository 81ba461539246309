/**
 * Words for a JSON Pointer: `/LifeCycle/TargetCloseDate` is "Life cycle › Target close date". A
 * position in a list counts from 1.
 */
export function pointerText(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? `no. ${Number(part) + 1}` : nameText(part)))
    .join(' › ');
}

/** `TargetCloseDate` is "Target close date", `AwsTeam` is "AWS team". */
export function nameText(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/[_-]/g, ' ')
    .split(' ')
    .map((word) => (/^(?:aws|crm|id|url|apn)$/i.test(word) ? word.toUpperCase() : lowerFirst(word)))
    .join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function lowerFirst(word: string): string {
  return /^[A-Z]+$/.test(word) && word.length > 1 ? word : word.toLowerCase();
}

/** A value on one line, as people read it: a text without quotes, anything else as JSON. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === '') return 'empty text';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
