/** A store accepts no more requests for now. The work may be half done; repeating it later is safe. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
}
