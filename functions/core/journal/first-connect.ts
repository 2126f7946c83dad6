import type { SaleEvent, Search } from '../marketplace/journal.ts';
import type { JournalDeps } from './page.ts';

/** A search that ran out of time, and the text from which it continues. */
export class Unfinished {
  readonly search: string;
  constructor(search: string) {
    this.search = search;
  }
}

/**
 * Continues a search step by step, until it has found something or the time is up. Throws the errors of a
 * step.
 */
export async function searchOn<Found>(
  step: (resume: string | undefined) => Promise<Search<Found>>,
  bounds: { resume?: string | undefined; isLate?: () => boolean },
): Promise<{ found: Found; resume: string } | Unfinished> {
  for (let at = bounds.resume; ; ) {
    const { found, resume } = await step(at);
    if (found !== undefined) return { found, resume };
    if (bounds.isLate?.()) return new Unfinished(resume);
    at = resume;
  }
}

/**
 * The journal's newest events, less than a page of them, ascending; none if it is empty. Throws
 * MarketplaceFault.
 */
export const newestPage = (
  { marketplace, session }: JournalDeps,
  bounds: { search?: string | undefined; isLate?: () => boolean } = {},
): Promise<{ found: readonly SaleEvent[]; resume: string } | Unfinished> =>
  searchOn((resume) => session.call((handle, options) => marketplace.sales.newest(handle, resume, options)), {
    ...bounds,
    resume: bounds.search,
  });
