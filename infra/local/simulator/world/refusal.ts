/** A refusal of the marketplace: `code` is the bare ERR_ code that the fault carries. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor(code: string) {
    super(TEXTS[code] ?? `Operacja nie powiodła się (${code}).`);
    this.code = code;
  }
}

/** Texts by code, Polish as the real service's were. No client should depend on them. */
const TEXTS: Readonly<Record<string, string>> = {
  ERR_USER_PASSWD:
    'Niepoprawny login lub hasło. Jeśli masz włączone logowanie dwuetapowe, użyj hasła aplikacji.',
  ERR_USER_NOT_FOUND: 'Nie ma takiego użytkownika.',
  ERR_CAPTCHA_REQUIRED:
    'Dostęp zablokowany po zbyt wielu błędnych logowaniach. Zaloguj się na stronie serwisu.',
  ERR_INVALID_VERSION_CAT_SELL_FIELDS: 'Niepoprawny klucz wersji.',
  ERR_WEBAPI_KEY: 'Klucz WebAPI jest niepoprawny lub zablokowany.',
  ERR_WEBAPI_KEY_INACTIVE: 'Klucz WebAPI jest nieaktywny.',
  ERR_WEBAPI_EXPIRED: 'Klucz WebAPI wygasł.',
  ERR_MINUTE_LIMIT_EXCEEDED: 'Przekroczono limit wywołań na minutę.',
  ERR_INPUT_COUNTRY_ERROR: 'Niepoprawny identyfikator kraju.',
  ERR_INTERNAL_SYSTEM_ERROR: 'Wewnętrzny błąd systemu.',
  ERR_UNKNOWN_FEATURE: 'Nieznany komponent.',
  ERR_NO_SESSION: 'Niepoprawny identyfikator sesji.',
  ERR_SESSION_EXPIRED: 'Sesja wygasła.',
  ERR_INCORRECT_JOURNAL_START: 'Niepoprawny punkt startowy dziennika.',
  ERR_INPUT_ARRAY_EMPTY: 'Tablica wejściowa jest pusta.',
  ERR_ITEMS_ARRAY_OVERSIZED: 'Tablica wejściowa jest za długa.',
  ERR_INCORRECT_ITEM_ID: 'Niepoprawny identyfikator oferty.',
  ERR_INCORRECT_BUYER_ID: 'Niepoprawny identyfikator kupującego.',
  ERR_YOU_NOT_SOLD_THIS_ITEM: 'Nie jesteś sprzedawcą tej oferty.',
  ERR_INVALID_USER_TYPE: 'Niepoprawna rola użytkownika.',
  ERR_INCORRECT_USER_ROLE: 'Niepoprawna rola użytkownika.',
  ERR_INCORRECT_PAYMENT_TYPE: 'Niepoprawny rodzaj płatności.',
  ERR_INCORRECT_TRANSACTION_ID: 'Niepoprawny identyfikator transakcji.',
  ERR_INVALID_ITEM_ID: 'Oferta nie istnieje, jest zakończona lub nie należy do ciebie.',
  ERR_INVALID_QUANTITY: 'Niepoprawna liczba sztuk.',
  ERR_GIVE_CANCEL_BIDS_REASON: 'Podaj powód odwołania ofert kupujących.',
  ERR_INPUT_OFFSET_OR_PACKAGE_SIZE_ERROR: 'Niepoprawny rozmiar lub przesunięcie.',
};
