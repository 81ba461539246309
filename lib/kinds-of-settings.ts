import * as v from 'valibot';

/** On the command line every value is text, and a list is separated by commas. */
export const list = (value: unknown): unknown =>
  typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;

export const number = (value: unknown): unknown =>
  typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;

/** A whole number, by default `fallback`, with what to say of any other. */
export const wholeNumber = (unit: string, least: number, most: number, fallback: number) => ({
  allowed: `a whole number of ${unit} from ${least} to ${most}`,
  schema: v.optional(
    v.pipe(v.unknown(), v.transform(number), v.number(), v.integer(), v.minValue(least), v.maxValue(most)),
    fallback,
  ),
});

export const within = <const Choices extends readonly v.Literal[]>(choices: Choices) =>
  v.custom<Choices[number]>((value) => choices.some((choice) => choice === value));

/** Texts, each once, by default none. */
export const listOf = (allowed: string, isAllowed: (text: string) => boolean) => ({
  allowed: `any number, each once: ${allowed}`,
  schema: v.optional(
    v.pipe(
      v.unknown(),
      v.transform(list),
      v.array(v.pipe(v.string(), v.check(isAllowed))),
      v.check((texts) => new Set(texts).size === texts.length),
      v.readonly(),
    ),
    () => [],
  ),
});
