/** CloudWatch metrics. The contract of a function declares the names that it uses. */
export interface Metrics<Count extends string, Level extends string = never> {
  /** Adds to a count. A count that stays 0 is not sent. */
  count(name: Count, howMany?: number): void;
  /** Records a measured value, in the unit that the contract declares. */
  level(name: Level, value: number): void;
}
