import type { CommanderError } from 'commander';
import { closestMatch } from 'leven';

/** What is wrong with one field of a command line. Parts that are unknown are undefined. */
export interface FieldProblem {
  /** The whole problem in words, without the suggestion. */
  readonly message: string;
  readonly field?: string | undefined;
  readonly value?: string | undefined;
  readonly allowed?: string | undefined;
  /** The allowed word that is spelt almost like the value. */
  readonly didYouMean?: string | undefined;
}

/** Finds the word that a misspelt one probably stands for. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  if (words.includes(text)) return undefined;
  return closestMatch(text, words, { maxDistance: Math.min(3, Math.floor(text.length * 0.4)) });
}

/** Splits a message of the form `FIELD VALUE: REASON; allowed: …`, where parts may be missing. */
export function problemIn(message: string): FieldProblem {
  const {
    field,
    value,
    rest = '',
  } = /^(?<field>the file|local stage|--[\w-]+|<[\w-]+>|(?:\w+\[\d+\](?: \([\w-]+\))? )?[\w.[\]-]+)(?: (?<value>[^\s:]\S*|\(not given\)))?: (?<rest>.*)$/s.exec(
    message,
  )?.groups ?? {};
  if (field === undefined) return { message, allowed: allowedIn(message) };
  const quoted = /^"((?:[^"\\]|\\.)*)"[;:,]/.exec(rest)?.[1];
  // The name of the field itself is misspelt.
  const misspelt = rest.startsWith('not a field ') ? field.split(' ').at(-1) : undefined;
  return withSuggestion({ message, field, value: value ?? quoted ?? misspelt, allowed: allowedIn(rest) });
}

function allowedIn(text: string): string | undefined {
  return /\ballowed(?: with it)?:? (.*?)\.?$/is.exec(text)?.[1];
}

/** Suggests a word of a list, such as `one of AWS, Sandbox`, and nothing from a sentence. */
function withSuggestion(problem: FieldProblem): FieldProblem {
  const { value = '', allowed = '' } = problem;
  const items = allowed.split(/[,;]\s*/).map((item) => item.replace(/^.*\bone of /, ''));
  const words = items.filter((item) => /^\S{2,}$/.test(item));
  return { ...problem, didYouMean: nearest(value, words) };
}

const formsOfCommander: readonly RegExp[] = [
  /^option '.*?(?<field>--[\w-]+)[^']*' argument '(?<value>.*)' is invalid\. *Allowed(?: choices are|:)? *(?<allowed>.*?)\.?$/s,
  /^command-argument value '(?<value>.*)' is invalid for argument '(?<field>[^']*)'\. *Allowed(?: choices are|:)? *(?<allowed>.*?)\.?$/s,
  /^unknown (?<field>option|command) '(?<value>[^']*)'(?:\n\(Did you mean (?:one of )?(?<didYouMean>.*)\?\))?$/s,
  /^(?:missing required argument|required option|option) '(?:.*?(?=--))?(?<field>[\w-]+)/s,
];

/** Commander gives no parts of its errors, only their texts. */
export function problemOfCommander({
  code,
  message: text,
}: Pick<CommanderError, 'code' | 'message'>): FieldProblem {
  if (code === 'commander.help')
    return { message: 'a command is missing; --help lists what is allowed', field: 'command' };
  const message = text.replace(/^error: /, '');
  for (const form of formsOfCommander) {
    const parts = form.exec(message)?.groups;
    if (!parts) continue;
    const { field, value, allowed } = parts;
    // Every command has the same word for consent.
    const didYouMean = value === '--force' ? '--yes' : parts['didYouMean'];
    return { ...withSuggestion({ message, field, value, allowed }), ...(didYouMean && { didYouMean }) };
  }
  return { message };
}
