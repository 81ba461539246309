import type { JsonValue } from '../../api.ts';

interface JsonTextProps {
  readonly title: string;
  readonly value: JsonValue;
}

/** JSON that opens on request and scrolls inside its own box. */
export function JsonText({ title, value }: JsonTextProps) {
  return (
    <details>
      <summary>{title}</summary>
      <pre tabIndex={0} aria-label={title}>
        {JSON.stringify(value, undefined, 2)}
      </pre>
    </details>
  );
}
