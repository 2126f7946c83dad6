/** A store takes no more requests for now. What was asked may be done in part; the same can be done again later. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
}
