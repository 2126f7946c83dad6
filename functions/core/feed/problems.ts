import { badField, Problem } from '../base/problem.ts';

export const unreadablePosition = (field: string): Problem =>
  badField(field, {
    pl: 'To nie jest pozycja z tej listy zmian. Podaj tekst z pola „position” poprzedniej odpowiedzi, bez zmian.',
    en: 'This is not a position of this feed. Give the text of "position" in an earlier answer, unchanged.',
  });

export const unknownPosition = (field: string, accountId: string): Problem =>
  badField(field, {
    pl: `Tej pozycji nie ma na liście zmian konta ${accountId}. Zacznij od początku (bez pozycji) albo podaj pozycję z tej instalacji.`,
    en: `The feed of account ${accountId} has no such position. Start from the beginning (without one), or give a position of this installation.`,
  });

export const unknownConsumer = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: 'Nie ma takiego odbiorcy na tym koncie. Powstaje z pierwszym potwierdzeniem (PUT .../position).',
      en: 'There is no such consumer in this account. The first acknowledgement (PUT .../position) makes it.',
    },
  });
