import { listOf, type Row, type Speaker } from './dialects.ts';
import { at, items, texts } from './kit.ts';

export type Shop = Speaker & { session: string };

export async function tab(
  { say, session }: Shop,
  which: 'Sell' | 'Sold' | 'NotSold',
  more: readonly Row[] = [],
) {
  const name = `${which.charAt(0).toLowerCase()}${which.slice(1)}`;
  const { body } = await say(`doGetMy${which}Items`, [['sessionId', session], ...more]);
  const prices = (node: Parameters<typeof items>[0]) =>
    Object.fromEntries(
      items(at(node, 'itemPrice'))
        .map(texts)
        .map((one) => [one.priceType, one.priceValue]),
    );
  const list = items(at(body, `${name}ItemsList`)).map((node) => ({ ...texts(node), prices: prices(node) }));
  return {
    count: Number(at(body, `${name}ItemsCounter`).text),
    list: list as (Record<string, string> & { prices: Record<string, string> })[],
  };
}

/** The events of an offer in the offer journal. */
export async function changesOf({ say, session }: Shop, itemId: string): Promise<(string | undefined)[]> {
  const all: Record<string, string>[] = [];
  for (let size = 100; size === 100; ) {
    const start: Row = ['startingPoint', all.at(-1)?.rowId ?? 0];
    const { body } = await say('doGetSiteJournal', [['sessionHandle', session], start]);
    const page = items(at(body, 'siteJournalArray')).map(texts);
    all.push(...page);
    size = page.length;
  }
  return all.filter((row) => row.itemId === itemId).map(({ changeType }) => changeType);
}

export const finish = ({ say, session }: Shop, list: readonly Row[][]) =>
  say('doFinishItems', [
    ['sessionHandle', session],
    ['finishItemsList', listOf(...list)],
  ]);

export const quantity = ({ say, session }: Shop, itemId: string, newItemQuantity: number) =>
  say('doChangeQuantityItem', [
    ['sessionHandle', session],
    ['itemId', itemId],
    ['newItemQuantity', newItemQuantity],
  ]);
