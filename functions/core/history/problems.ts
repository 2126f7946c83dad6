import { operation } from '../base/operation.ts';
import { badField, Problem } from '../base/problem.ts';

export const notChecked = (day: string, accountId: string): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: `Dzień ${day} nie był jeszcze porównany z listą serwisu. Porównanie odbywa się raz na dobę i sięga około miesiąca wstecz, nie dalej niż do pierwszego połączenia; aby zrobić je teraz, użyj ${operation('completeness.check', { accountId })} i zapytaj ponownie za chwilę.`,
      en: `The day ${day} has not been compared with the marketplace's list yet. That is done once a day and reaches back about a month, not beyond the first connect; to have it done now, use ${operation('completeness.check', { accountId })} and ask again in a moment.`,
    },
  });

export const noList = (): Problem =>
  new Problem({
    code: 'unavailable',
    text: {
      pl: 'Ten serwis nie udostępnia żadnej listy sprzedaży, którą dałoby się odczytać, więc kompletności nie można sprawdzić.',
      en: 'This marketplace has no list of sales that can be read, so completeness cannot be checked.',
    },
  });

export const notYetConnected = (): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `To konto jeszcze się nie połączyło. Poczekaj na pierwsze udane logowanie (${operation('accounts.show')}).`,
      en: `This account has not connected yet. Wait for its first successful login (${operation('accounts.show')}).`,
    },
  });

export const importUnderWay = (importId: string): Problem =>
  new Problem({
    code: 'already-exists',
    text: {
      pl: `Na tym koncie trwa już import (${importId}). Poczekaj, aż się skończy: ${operation('imports.show', { importId })}.`,
      en: `An import is under way in this account (${importId}). Wait until it is over: ${operation('imports.show', { importId })}.`,
    },
    extra: { importId },
  });

export const unknownImport = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: `Nie ma takiego importu na tym koncie. Listę pokazuje ${operation('imports.list')}.`,
      en: `There is no such import in this account. ${operation('imports.list')} lists them.`,
    },
  });

/** Number of days that an import may reach back. */
export const IMPORT_DAYS = 90;

export const fromNotBeforeTo = (): Problem =>
  badField('to', {
    pl: '„to” musi być późniejsze niż „from”.',
    en: '"to" must be later than "from".',
  });

export const toInFuture = (): Problem =>
  badField('to', {
    pl: '„to” nie może leżeć w przyszłości.',
    en: '"to" must not be in the future.',
  });

export const fromTooOld = (): Problem =>
  badField('from', {
    pl: `„from” może sięgać najwyżej ${IMPORT_DAYS} dni wstecz; serwis nie pokazuje starszych sprzedaży.`,
    en: `"from" may reach back ${IMPORT_DAYS} days at most; the marketplace shows no older sales.`,
  });
