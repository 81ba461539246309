import { ExactNumber, parseNumber } from './exact-number.ts';
import { isJsonContainer, type Json, type JsonObject } from './json.ts';

/** JavaScript holds all numbers of up to 15 digits and an exponent of up to two digits. */
const mayHoldExactNumbers = /\d(?:\.?\d){15}|\de[+-]?\d{3}/i;

const number = /-?\d[\d.e+-]*/iy;
const colon = /\s*:/y;
/** The first character of a mark. Valid JSON has it as this escape sequence only. */
const markCharacter = '\u0000';
const markEscape = '\\u0000';

/**
 * Writes each number that JavaScript cannot hold as a text with a mark: `"\u00001e400"`. A text
 * that begins with the character of the mark gets a second one. Returns any other JSON unchanged.
 * @param text valid JSON
 */
export function markExactNumbers(text: string): string {
  if (!mayHoldExactNumbers.test(text)) return text;
  let marked = '';
  let copiedTo = 0;
  let at = 0;
  while (at < text.length) {
    const start = at;
    if (text[start] === '"') {
      at = endOfText(text, start);
      if (!text.startsWith(markEscape, start + 1) || matchAt(colon, text, at) !== undefined) continue;
      marked += `${text.slice(copiedTo, start)}"${markEscape}`;
      copiedTo = start + 1;
    } else {
      const found = matchAt(number, text, start);
      at += found?.length ?? 1;
      if (found === undefined || !(parseNumber(found) instanceof ExactNumber)) continue;
      marked += `${text.slice(copiedTo, start)}"${markEscape}${found}"`;
      copiedTo = at;
    }
  }
  return marked + text.slice(copiedTo);
}

/** Returns the place after the closing quote. */
function endOfText(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/**
 * Replaces the marked texts by exact numbers, in place. Does not recurse, because the body of an
 * event can nest to any depth.
 */
export function replaceMarks(value: Json): Json {
  const root = [value];
  const containers: (readonly Json[] | JsonObject)[] = [root];
  for (let container = containers.pop(); container; container = containers.pop())
    for (const [name, inner] of Object.entries<Json>(container)) {
      if (isJsonContainer(inner)) containers.push(inner);
      else if (typeof inner === 'string' && inner.startsWith(markCharacter))
        // An assignment to `__proto__` would do something else.
        Reflect.defineProperty(container, name, { ...memberFlags, value: replaceMark(inner) });
    }
  const [replaced = null] = root;
  return replaced;
}

const memberFlags = { configurable: true, enumerable: true, writable: true };

function replaceMark(marked: string): string | ExactNumber {
  const text = marked.slice(markCharacter.length);
  return text.startsWith(markCharacter) ? text : new ExactNumber(text);
}
