/** What chaos has done; part of the summary. */
export interface ChaosCounts {
  /** Worker processes that died in the middle of their work. */
  killed: number;
  /** WebAPI calls that were told to break. */
  broken: number;
  /** Requests to the tables that were refused, cut, or done without an answer. */
  storeTroubles: number;
  /** Sessions that were ended, passwords deleted and logins broken at the marketplace. */
  loginTroubles: number;
  versionKeysChanged: number;
  /** Lists of forms that were told to fail, and forms that every call was refused for until the end. */
  listsBroken: number;
  formsRefused: number;
  /** Orders that were read again beside the runs, as people ask for it. */
  repaired: number;
  /** Journal events that were never written, written again, and written behind newer ones. */
  lost: number;
  repeated: number;
  late: number;
  /** New application passwords that people have typed. */
  helped: number;
  /** How often an account was spared the hours that it would have waited. */
  hoursPassed: number;
}

export const noChaos = (): ChaosCounts => ({
  killed: 0,
  broken: 0,
  storeTroubles: 0,
  loginTroubles: 0,
  versionKeysChanged: 0,
  listsBroken: 0,
  formsRefused: 0,
  repaired: 0,
  lost: 0,
  repeated: 0,
  late: 0,
  helped: 0,
  hoursPassed: 0,
});
