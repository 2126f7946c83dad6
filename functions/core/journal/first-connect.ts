import type { DealEvent, Search } from '../marketplace/sales.ts';
import type { JournalDeps } from './page.ts';

/** A search for which there was no more time, and the text from which it goes on. */
export class Unfinished {
  readonly search: string;
  constructor(search: string) {
    this.search = search;
  }
}

/** Goes on with a search step by step, until it has found something or time is up. Throws what a step throws. */
export async function searchOn<Found>(
  step: (resume: string | undefined) => Promise<Search<Found>>,
  use: { resume?: string | undefined; isLate?: () => boolean },
): Promise<{ found: Found; resume: string } | Unfinished> {
  for (let at = use.resume; ; ) {
    const { found, resume } = await step(at);
    if (found !== undefined) return { found, resume };
    if (use.isLate?.()) return new Unfinished(resume);
    at = resume;
  }
}

/** The journal's newest events, less than a page of them, ascending; none where it is empty. Throws MarketplaceFault. */
export const newestPage = (
  { marketplace, session }: JournalDeps,
  use: { search?: string | undefined; isLate?: () => boolean } = {},
): Promise<{ found: readonly DealEvent[]; resume: string } | Unfinished> =>
  searchOn((resume) => session.call((handle, options) => marketplace.sales.newest(handle, resume, options)), {
    ...use,
    resume: use.search,
  });
