import { operation } from '../base/operation.ts';
import { badField, Problem } from '../base/problem.ts';
import { encodePositions, type Positions } from './positions.ts';

export const unreadablePosition = (field: string): Problem =>
  badField(field, {
    pl: 'To nie jest pozycja z tej listy zmian. Podaj tekst z pola „position” poprzedniej odpowiedzi, bez zmian.',
    en: 'This is not a position of this feed. Give the text of "position" in an earlier answer, unchanged.',
  });

export const unknownPosition = (field: string, accountId: string): Problem =>
  badField(field, {
    pl: `Tej pozycji nie ma na liście zmian konta ${accountId}. Zacznij od początku (bez pozycji) albo podaj pozycję z tej instalacji.`,
    en: `The feed of account ${accountId} has no such position. Start from the beginning (without a position), or give a position of this installation.`,
  });

/**
 * The problem of a feed that lacks a position: the feed was restored to an earlier day, or the position is
 * from another installation. `others` are the positions of the accounts that were read together with this
 * one.
 */
export function positionGone({
  field,
  accountId,
  others = new Map(),
}: {
  field: string;
  accountId: string;
  others?: Positions;
}): Problem {
  const isAlone = others.size === 0;
  const text = {
    pl: `Lista zmian konta ${accountId} nie ma już tej pozycji: odtworzono ją z kopii albo pozycja jest z innej instalacji. Czytaj od początku (${isAlone ? 'bez pozycji' : 'z pozycją „position” z tej odpowiedzi; innych kont to nie dotyczy'}). Zmiany z wybranego okresu można wysłać ponownie: ${operation('orders.resend', { accountId })}.`,
    en: `The feed of account ${accountId} no longer has this position: it was restored from a copy, or the position is of another installation. Read it from the start (${isAlone ? 'without a position' : 'with the "position" of this answer; other accounts are not affected'}). The changes of a period can be sent again: ${operation('orders.resend', { accountId })}.`,
  };
  const extra = { accountId, ...(!isAlone && { position: encodePositions(others) }) };
  return new Problem({ code: 'feed-restored', text, fields: [{ field, message: text }], extra });
}

export const unknownConsumer = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: `Nie ma takiego odbiorcy na tym koncie. Odbiorca powstaje przy pierwszym potwierdzeniu (${operation('consumers.acknowledge')}).`,
      en: `There is no such consumer in this account. The first acknowledgement creates it (${operation('consumers.acknowledge')}).`,
    },
  });
