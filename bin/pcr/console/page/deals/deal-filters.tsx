import { useEffect, useRef, useState } from 'preact/hooks';
import { setQuery } from '../route.ts';
import { type FilterName, filterNames } from './filter-names.ts';

type Choice = readonly [value: string, label: string];

const closings: readonly Choice[] = [
  ['', 'at any time'],
  ['overdue', 'overdue'],
  ['7', 'within 7 days'],
  ['30', 'within 30 days'],
  ['90', 'within 90 days'],
];
const idles: readonly Choice[] = [
  ['', 'for any time'],
  ['7', 'for 7 days'],
  ['14', 'for 14 days'],
  ['30', 'for 30 days'],
  ['90', 'for 90 days'],
];
const sorts: readonly Choice[] = [
  ['', 'last changed first'],
  ['closing', 'next to close first'],
  ['amount', 'largest amount first'],
  ['customer', 'customer, A to Z'],
];

/** The filters of the list. Each change goes into the address at once. */
export function DealFilters({ query }: { readonly query: URLSearchParams }) {
  const isFiltered = filterNames.some((name) => name !== 'sort' && query.has(name));
  const valueOf = (name: FilterName): string => query.get(name) ?? '';
  return (
    <form
      class="filters"
      role="search"
      aria-label="Filter deals"
      onSubmit={(event) => event.preventDefault()}
    >
      <TextFilter name="customer" label="Customer" value={valueOf('customer')} />
      <TextFilter name="partnerId" label="Your id" value={valueOf('partnerId')} />
      <ChoiceFilter name="closing" label="Closes" choices={closings} value={valueOf('closing')} />
      <ChoiceFilter name="idle" label="Unchanged" choices={idles} value={valueOf('idle')} />
      <ChoiceFilter name="sort" label="Order" choices={sorts} value={valueOf('sort')} />
      {isFiltered && (
        <button type="button" onClick={clearFilters}>
          Clear filters
        </button>
      )}
    </form>
  );
}

function clearFilters(): void {
  setQuery(Object.fromEntries(filterNames.map((name) => [name, ''])));
}

interface FilterProps {
  readonly name: FilterName;
  readonly label: string;
  readonly value: string;
}

function ChoiceFilter({
  name,
  label,
  choices,
  value,
}: FilterProps & { readonly choices: readonly Choice[] }) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value })}>
        {choices.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Milliseconds that the user may pause between two letters of one change. */
const typingMs = 80;

function TextFilter({ name, label, value }: FilterProps) {
  const [typed, setTyped] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    setTyped(value);
    return () => clearTimeout(timer.current);
  }, [value]);
  const type = (next: string): void => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setQuery({ [name]: next }), typingMs);
  };
  return (
    <label>
      {label}
      <input
        type="search"
        autocomplete="off"
        value={typed}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
    </label>
  );
}
