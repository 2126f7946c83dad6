import { operation } from '../base/operation.ts';
import { badField, Problem } from '../base/problem.ts';
import type { BilingualText } from '../base/text.ts';
import type { DeliveryError } from './webhook.ts';

export const unknownWebhook = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: `Nie ma takiego webhooka. Sprawdź identyfikator na liście (${operation('webhooks.list')}).`,
      en: `There is no such webhook. Look its id up in the list (${operation('webhooks.list')}).`,
    },
  });

export const badUrl = (): Problem =>
  badField('url', {
    pl: 'Podaj pełny adres https:// (bez nazwy użytkownika, hasła i części po „#”), najwyżej 2048 znaków.',
    en: 'Give a whole https:// address (without user name, password or a part after "#"), 2048 characters at most.',
  });

export const unknownHost = (): Problem =>
  badField('url', {
    pl: 'Nie znaleziono tego serwera w DNS. Sprawdź nazwę w adresie.',
    en: 'This host is not known to DNS. Check the name in the address.',
  });

export const refusedAddress = (): Problem =>
  badField('url', {
    pl: 'Ten serwer ma adres prywatny, lokalny lub zastrzeżony. Webhooki wysyłamy tylko pod adresy publiczne.',
    en: 'This host has a private, local or reserved address. Webhooks are sent to public addresses only.',
  });

export const unknownAccountIn = (accountId: string): Problem =>
  badField('accounts', {
    pl: `Nie ma konta ${accountId}. Sprawdź identyfikatory na liście kont (${operation('accounts.list')}).`,
    en: `There is no account ${accountId}. Look the ids up in the list of accounts (${operation('accounts.list')}).`,
  });

export const tooManyWebhooks = (limit: number): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `Może być najwyżej ${limit} webhooków. Usuń któryś z nich (${operation('webhooks.remove')}).`,
      en: `There can be ${limit} webhooks at most. Remove one of them (${operation('webhooks.remove')}).`,
    },
  });

export const notInUse = (): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `Ten webhook jest wyłączony albo niedokończony. Włącz go (${operation('webhooks.resume')}) lub usuń i dodaj jeszcze raz.`,
      en: `This webhook is disabled or was not completed. Switch it on (${operation('webhooks.resume')}), or remove it and add it again.`,
    },
  });

export const webhookChangedMeanwhile = (): Problem =>
  new Problem({
    code: 'unavailable',
    text: {
      pl: 'Ktoś właśnie zmienił ten webhook. Spróbuj ponownie.',
      en: 'Somebody has just changed this webhook. Try again.',
    },
  });

/** Advice for the person who runs the receiver, by the reason of a failed attempt. */
export const DELIVERY_TEXT: Readonly<Record<DeliveryError['reason'], BilingualText>> = {
  status: {
    pl: 'Odbiorca odpowiedział kodem innym niż 2xx. Sprawdź jego logi.',
    en: 'The receiver answered with a code other than 2xx. Look into its log.',
  },
  'time-out': {
    pl: 'Odbiorca nie odpowiedział w 10 sekund. Niech najpierw potwierdzi odbiór, a dopiero potem przetwarza dane.',
    en: 'The receiver did not answer within 10 seconds. Let it acknowledge first and work afterwards.',
  },
  'unknown-host': {
    pl: 'Nie znaleziono serwera odbiorcy w DNS. Sprawdź nazwę w adresie.',
    en: 'The host of the receiver is not known to DNS. Check the name in the address.',
  },
  'refused-address': {
    pl: 'Serwer odbiorcy ma teraz adres prywatny, lokalny lub zastrzeżony; tam nie wysyłamy.',
    en: 'The host of the receiver has a private, local or reserved address now; nothing is sent there.',
  },
  tls: {
    pl: 'Certyfikat odbiorcy jest nieważny albo połączenie TLS się nie udało. Sprawdź ustawienia TLS i w razie potrzeby odnów certyfikat.',
    en: 'The certificate of the receiver is not valid, or the TLS connection failed. Check its TLS settings, and renew the certificate if needed.',
  },
  connection: {
    pl: 'Nie udało się połączyć z odbiorcą. Sprawdź, czy działa i czy przepuszcza go zapora.',
    en: 'The receiver could not be reached. Check that it runs and that its firewall lets us in.',
  },
  'no-secret': {
    pl: `Nie ma sekretu do podpisywania. Wygeneruj nowy (${operation('webhooks.rotateSecret')}).`,
    en: `There is no secret to sign with. Make a new one (${operation('webhooks.rotateSecret')}).`,
  },
};
