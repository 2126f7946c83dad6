/** Counts of the trouble that chaos made; part of the summary. */
export interface ChaosCounts {
  /** Number of worker processes that died during their work. */
  killed: number;
  /** Number of WebAPI calls that were told to break. */
  broken: number;
  /** Number of requests to the tables that were refused, cut off, or carried out without an answer. */
  storeTroubles: number;
  /** Number of sessions ended, passwords deleted and logins broken at the marketplace. */
  loginTroubles: number;
  preparationsChanged: number;
  /** Number of lists told to fail, and of sales that every call was refused for until the end. */
  listsBroken: number;
  salesRefused: number;
  /** Number of orders read again beside the runs, as by a person's repair. */
  repaired: number;
  /** Numbers of journal events never written, written again, and written behind newer ones. */
  lost: number;
  repeated: number;
  late: number;
  /** Number of new application passwords typed by people. */
  helped: number;
  /** Number of times that an account's waiting hours were skipped. */
  hoursPassed: number;
}

export const noChaos = (): ChaosCounts => ({
  killed: 0,
  broken: 0,
  storeTroubles: 0,
  loginTroubles: 0,
  preparationsChanged: 0,
  listsBroken: 0,
  salesRefused: 0,
  repaired: 0,
  lost: 0,
  repeated: 0,
  late: 0,
  helped: 0,
  hoursPassed: 0,
});
