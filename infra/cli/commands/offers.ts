import type { Command } from 'commander';
import { Option } from 'commander';
import { OFFER_STATES } from '../../../functions/contract/offers.ts';
import type { AnswerOf } from '../api/contract.ts';
import type { Session } from '../session.ts';
import { money, orDash, time } from '../show/text.ts';
import { accountId } from './account-id.ts';
import { addCommand, addGroup, type LimitOptions, mostOf, noteRest, withLimit } from './command.ts';

type OfferState = (typeof OFFER_STATES)[number];

export function offerCommands(program: Command, session: Session): void {
  const offers = addGroup(program, 'offers', 'Offers as the marketplace showed them last.');
  addCommand(offers, 'list <account>', {
    description: 'Lists offers.',
    examples: ['offers list sklep_1 --state active'],
    options: (command) =>
      withLimit(command).addOption(
        new Option('--state <state>', 'only offers in this state').choices(OFFER_STATES),
      ),
    action: async (given: string, options: LimitOptions & { state?: OfferState }) => {
      const input = {
        params: { accountId: await accountId(session, given) },
        query: { state: options.state },
      };
      const of = (answer: AnswerOf<'offers.list'>) => answer.offers;
      const { entries, rest } = await session.pages('offers.list', input, { of, most: mostOf(options) });
      const text = () =>
        session.table(entries, [
          ['OFFER', ({ offerId }) => offerId],
          ['STATE', ({ state }) => state],
          ['PRICE', ({ price }) => money(price)],
          ['LEFT', ({ quantityLeft }) => orDash(quantityLeft)],
          ['SOLD', ({ soldQuantity }) => orDash(soldQuantity)],
          ['TITLE', ({ title }) => title],
        ]);
      session.show({ json: { offers: entries }, text });
      noteRest(session, rest);
    },
  });
  addCommand(offers, 'show <account> <offer>', {
    description: 'Shows an offer.',
    examples: ['offers show sklep_1 8000004028'],
    action: async (given: string, offerId: string) => {
      const params = { accountId: await accountId(session, given), offerId };
      const offer = await session.call('offers.show', { params });
      const text = () =>
        session.facts([
          ['offer', offer.offerId],
          ['title', offer.title],
          ['state', offer.state],
          ['price', `${money(offer.price)}${offer.priceKind === null ? '' : ` (${offer.priceKind})`}`],
          ['pieces', `${orDash(offer.quantityLeft)} left, ${orDash(offer.soldQuantity)} sold`],
          ['ends', time(offer.endedAt ?? offer.endsAt)],
          ['changed', time(offer.changedAt)],
        ]);
      session.show({ json: offer, text });
    },
  });
}
