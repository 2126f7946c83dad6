import * as z from 'zod/mini';
import { badField, type Problem } from '../core/base/problem.ts';
import { LONGEST_KEY, parse } from './input.ts';

export const NewAccount = z.strictObject({
  marketplace: z.string(),
  login: z.string(),
  webapiKeyId: z.string().check(z.minLength(1), z.maxLength(LONGEST_KEY)),
  applicationPassword: z.string(),
});

export const NewPassword = z.strictObject({ applicationPassword: z.string() });

const Unlocked = z.strictObject({ loggedInOnWebsite: z.optional(z.boolean()) });

/** An unlock that is not true costs the attempt that the marketplace locks at, so it takes more than a click. */
export function checkUnlocked(body: unknown): void {
  if (parse(Unlocked, body).loggedInOnWebsite !== true) throw notConfirmed();
}

const notConfirmed = (): Problem =>
  badField('loggedInOnWebsite', {
    pl: 'Zaloguj się najpierw na stronie serwisu (z captchą), a potem potwierdź to: true. Nieprawdziwe potwierdzenie może zablokować konto.',
    en: 'Log in on the website of the marketplace first (with its captcha), then confirm it: true. A confirmation that is not true can lock the account.',
  });

const Resend = z.strictObject({ passwordIsGood: z.optional(z.boolean()) });

/** A password is sent once more only where a person vouches for it. */
export function checkVouchedFor(body: unknown): void {
  if (parse(Resend, body).passwordIsGood !== true) throw notVouchedFor();
}

const notVouchedFor = (): Problem =>
  badField('passwordIsGood', {
    pl: 'Potwierdź, że hasło jest dobre: true. Wyślemy je jeszcze raz, a ta próba liczy się jak każda inna.',
    en: 'Confirm that the password is good: true. It is sent once more, and this attempt counts like any other.',
  });
