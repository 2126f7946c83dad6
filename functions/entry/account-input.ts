import { badField, type Problem } from '../core/base/problem.ts';

/**
 * Requires an explicit confirmation of an unlock: a false one costs the attempt at which the marketplace
 * locks. Throws Problem.
 */
export function checkUnlocked({ loggedInOnWebsite }: { loggedInOnWebsite?: boolean | undefined }): void {
  if (loggedInOnWebsite !== true) throw notConfirmed();
}

const notConfirmed = (): Problem =>
  badField('loggedInOnWebsite', {
    pl: 'Zaloguj się najpierw na stronie serwisu (z captchą), a potem potwierdź to wartością true. Nieprawdziwe potwierdzenie może zablokować konto.',
    en: 'Log in on the website of the marketplace first (with its captcha), then confirm this with true. A false confirmation can lock the account.',
  });

/** Requires an explicit confirmation that a password is good before it is sent again. Throws Problem. */
export function checkVouchedFor({ passwordIsGood }: { passwordIsGood?: boolean | undefined }): void {
  if (passwordIsGood !== true) throw notVouchedFor();
}

const notVouchedFor = (): Problem =>
  badField('passwordIsGood', {
    pl: 'Potwierdź wartością true, że hasło jest dobre. Wyślemy je jeszcze raz, a ta próba liczy się jak każda inna.',
    en: 'Confirm with true that the password is good. It is sent once more, and this attempt counts like any other.',
  });
