/**
 * Type of an attribute by the name that the API of DynamoDB has for it: text, number, boolean,
 * list, map, bytes.
 */
export type AttributeType = 'S' | 'N' | 'BOOL' | 'L' | 'M' | 'B';

export interface Attribute {
  readonly type: AttributeType;
  readonly meaning: string;
  /**
   * Whether it holds names, contacts, texts or amounts about people, customers or their business.
   * @default no
   */
  readonly personal?: 'yes' | 'may';
}

/** The attribute `format`, which every item has. */
export const itemFormatAttribute: Attribute = {
  type: 'N',
  meaning: 'format of the item, 1; absent from items of release 0.1.0',
};

/**
 * Every attribute that an item may have. The compiler checks each of these lists against the type
 * of the item.
 */
export type Attributes = Readonly<Record<string, Attribute>>;

/** Items of one table that share their attributes. */
export interface ItemKind {
  readonly name: string;
  /** How `pk` and `sk` are composed. */
  readonly keys: string;
  /** How long the items are kept. */
  readonly kept: string;
  readonly attributes: Attributes;
  /** Members of an attribute that is a map, by its name. */
  readonly members?: Readonly<Record<string, Attributes>>;
}

export interface Index {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly holds: string;
  /** Projected attributes other than the keys of the index and of the table. */
  readonly carries: readonly string[];
}

export interface TableDictionary {
  readonly name: string;
  /** Output of the stack that holds the name of the table. */
  readonly output: string;
  readonly items: readonly ItemKind[];
  readonly indexes: readonly Index[];
}

/**
 * Names of the members of every type in a union. `keyof` alone gives the names that all of them
 * share.
 */
export type NamesOf<Item> = Item extends unknown ? keyof Item : never;
