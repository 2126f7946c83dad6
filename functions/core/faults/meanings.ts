import type { FaultMeaning } from './meaning.ts';

/** The meaning of each trouble: its remedy, its owner, and the message to people. */
export const FAULTS = {
  'password-refused': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'Serwis odrzucił login lub hasło. Zaloguj się w serwisie, wygeneruj nowe hasło aplikacji i wpisz je tutaj. Nie próbujemy ponownie, aby nie zablokować konta.',
      en: 'The marketplace refused the login or password. Log in on its website, generate a new application password and enter it here. We do not try again, so that the account is not locked.',
    },
  },
  'password-too-weak': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'Serwis wymaga zmiany hasła na mocniejsze. Zaloguj się w serwisie, zmień hasło, wygeneruj nowe hasło aplikacji i wpisz je tutaj.',
      en: 'The marketplace demands a stronger password. Log in on its website, change the password, generate a new application password and enter it here.',
    },
  },
  'account-locked': {
    remedy: 'unlock-on-website',
    scope: 'account',
    state: 'locked',
    message: {
      pl: 'Serwis zablokował dostęp do konta po zbyt wielu nieudanych logowaniach. Zaloguj się raz na stronie serwisu (z captchą). Do tego czasu nie logujemy się na to konto.',
      en: 'The marketplace has locked the account after too many failed logins. Log in once on its website (with the captcha). Until then we leave the account alone.',
    },
  },
  'account-closed': {
    remedy: 'operator',
    scope: 'account',
    state: 'needs-owner',
    message: {
      pl: 'Konto w serwisie jest zamknięte lub nie ma uprawnień. Skontaktuj się z serwisem, a po odblokowaniu wznów synchronizację.',
      en: 'The account is closed at the marketplace or lacks rights. Contact the marketplace, then resume the synchronisation.',
    },
  },
  'account-blocked': {
    remedy: 'operator',
    scope: 'account',
    state: 'needs-owner',
    message: {
      pl: 'Serwis zablokował temu kontu dostęp do tej funkcji. Wyjaśnij to z serwisem, a potem wznów synchronizację.',
      en: 'The marketplace has blocked this account from this function. Settle it with the marketplace, then resume the synchronisation.',
    },
  },
  'login-service-trouble': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis logowania ma kłopoty albo umowa z serwisem została rozwiązana. Ponawiamy ostrożnie; jeśli to nie minie, sprawdź stan konta na stronie serwisu.',
      en: 'The login service has trouble, or the contract with the marketplace has ended. We try again with care; if it lasts, check the account on the website.',
    },
  },
  'version-key-stale': {
    remedy: 'refresh-version-key',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'Serwis nie przyjmuje klucza wersji także po jego odświeżeniu. Sprawdź, czy klucz WebAPI jest wydany dla kraju tego konta.',
      en: 'The marketplace refuses the version key even after a refresh. Check that the WebAPI key was issued for the country of this account.',
    },
  },
  'marketplace-unavailable': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis ma chwilową awarię. Ponawiamy automatycznie; nic nie trzeba robić.',
      en: 'The marketplace has temporary trouble. We try again by ourselves; nothing needs to be done.',
    },
  },
  'account-migrating': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis przenosi konto do Menedżera Sprzedaży. Ponowimy za kilka godzin; nic nie trzeba robić.',
      en: 'The marketplace is moving the account to its Sales Manager. We try again in some hours; nothing needs to be done.',
    },
  },
  'key-refused': {
    remedy: 'key-owner',
    scope: 'key',
    state: 'needs-owner',
    message: {
      pl: 'Serwis odrzucił klucz WebAPI: jest błędny lub zablokowany. Właściciel klucza powinien go sprawdzić i zarejestrować poprawny.',
      en: 'The marketplace refused the WebAPI key: it is wrong or blocked. Its owner should check it and register a correct one.',
    },
  },
  'key-inactive': {
    remedy: 'key-owner',
    scope: 'key',
    state: 'needs-owner',
    message: {
      pl: 'Klucz WebAPI jest nieaktywny, bo jego właściciel nie zaakceptował regulaminu WebAPI. Właściciel musi go zaakceptować na stronie serwisu.',
      en: 'The WebAPI key is inactive because its owner has not accepted the WebAPI terms. The owner must accept them on the website.',
    },
  },
  'key-expired': {
    remedy: 'key-owner',
    scope: 'key',
    state: 'needs-owner',
    message: {
      pl: 'Klucz WebAPI wygasł. Jego właściciel musi go odnowić i zarejestrować nowy.',
      en: 'The WebAPI key has expired. Its owner must renew it and register the new one.',
    },
  },
  'key-licence': {
    remedy: 'key-owner',
    scope: 'account',
    state: 'needs-owner',
    message: {
      pl: 'Klucz WebAPI jest licencjonowany, a tego konta nie ma na liście. Właściciel klucza musi dodać konto do licencji.',
      en: 'The WebAPI key is licensed and this account is not on its list. The owner of the key must add the account to the licence.',
    },
  },
  'key-rate-limited': {
    remedy: 'retry',
    scope: 'key',
    state: 'retrying',
    message: {
      pl: 'Przekroczono limit wywołań klucza WebAPI na minutę. Czekamy i ponawiamy sami.',
      en: 'The WebAPI key exceeded its calls per minute. We wait and try again by ourselves.',
    },
  },
  'address-blocked': {
    remedy: 'unlock-on-website',
    scope: 'address',
    state: 'locked',
    message: {
      pl: 'Serwis zablokował nasz adres IP po zbyt wielu wywołaniach. Trzeba rozwiązać captchę na stronie serwisu, wychodząc z tego adresu.',
      en: 'The marketplace has blocked our IP address after too many calls. The captcha on its website must be solved from that address.',
    },
  },
  'country-refused': {
    remedy: 'configuration',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'Serwis nie zna kraju ustawionego dla tego konta. Usuń konto i dodaj je z właściwym serwisem (marketplace).',
      en: 'The marketplace does not know the country set for this account. Remove the account and add it with the right marketplace.',
    },
  },
  'country-not-allowed': {
    remedy: 'configuration',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'To konto (Junior lub zagraniczne) nie ma dostępu w tym kraju. Dodaj je w serwisie kraju, w którym powstało.',
      en: 'This account (Junior or foreign) has no access in this country. Add it with the marketplace of its own country.',
    },
  },
  'feature-unknown': {
    remedy: 'configuration',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'Serwis nie zna żądanej funkcji. Sprawdź ustawienia serwisu (marketplace) w tej instalacji.',
      en: 'The marketplace does not know the requested feature. Check the marketplace settings of this installation.',
    },
  },
  'tls-refused': {
    remedy: 'configuration',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'Nie udało się nawiązać bezpiecznego połączenia z serwisem. Sprawdź adres serwisu i jego certyfikat.',
      en: 'No secure connection to the marketplace could be made. Check its address and certificate.',
    },
  },
  'no-readable-reply': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis nie odpowiedział albo jego odpowiedź była nieczytelna. Ponowimy ostrożnie, traktując tę próbę tak, jakby hasło mogło być błędne.',
      en: 'The marketplace did not answer, or its answer could not be read. We try again with care, counting this attempt as a possible bad password.',
    },
  },
  unreachable: {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Nie można połączyć się z serwisem. Nic nie zostało wysłane; ponawiamy automatycznie.',
      en: 'The marketplace cannot be reached. Nothing was sent; we try again by ourselves.',
    },
  },
  'session-ended': {
    remedy: 'relogin',
    scope: 'account',
    state: 'session-unstable',
    message: {
      pl: 'Sesja kończy się zaraz po zalogowaniu. Prawdopodobne przyczyny: zmienia się nasz adres IP albo inny program tego konta wyczerpuje limit sesji. Jeśli to się powtarza, włącz stały adres wychodzący (ustawienie fixedAddress).',
      en: 'Sessions end right after login. Likely causes: our IP address changes, or another program of this account exhausts the session limit. If it goes on, switch the fixed outgoing address on (setting fixedAddress).',
    },
  },
  'attempts-exhausted': {
    remedy: 'unlock-on-website',
    scope: 'account',
    state: 'locked',
    message: {
      pl: 'Wstrzymaliśmy logowanie, zanim serwis zablokuje konto: kilka prób mogło się nie udać. Zaloguj się raz na stronie serwisu, potwierdź to tutaj („odblokowane”), a potem wpisz nowe hasło aplikacji.',
      en: 'We stopped logging in before the marketplace locks the account: several attempts may have failed. Log in once on its website, confirm that here ("unlocked"), then enter a new application password.',
    },
  },
  'attempts-budget': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'W ciągu godziny było już tyle logowań, ile sobie pozwalamy. Następne nastąpi samo, gdy godzina minie.',
      en: 'There were as many logins within an hour as we allow ourselves. The next one follows by itself when the hour is over.',
    },
  },
  'calls-budget': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'W tej minucie było już tyle wywołań z tym kluczem WebAPI, ile sobie pozwalamy. Odczyt pójdzie dalej sam w następnej minucie; nic nie zginie.',
      en: 'There were as many calls with this WebAPI key within the minute as we allow ourselves. Reading goes on by itself in the next minute; nothing is lost.',
    },
  },
  'login-in-progress': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Inny proces właśnie loguje to konto. Skorzystamy z jego sesji; nic nie trzeba robić.',
      en: 'Another worker is logging this account in. We use its session; nothing needs to be done.',
    },
  },
  'password-wanted': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'Odnotowaliśmy logowanie na stronie serwisu. Sami niczego nie próbujemy: wygeneruj nowe hasło aplikacji i wpisz je tutaj.',
      en: 'Your login on the website is noted. We try nothing by ourselves: generate a new application password and enter it here.',
    },
  },
  'password-unfit': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'W magazynie sekretów nie leży hasło aplikacji, jakie mógł wydać serwis. Nie wysyłamy go; wpisz hasło ponownie.',
      en: 'The secret store holds no application password that the marketplace can have issued. It is not sent; enter the password again.',
    },
  },
  'passwords-doubted': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis odrzuca hasła kilku kont, które dotąd przyjmował. Wstrzymaliśmy logowania: co pięć minut próbuje jedno konto za wszystkie. Nic nie trzeba robić.',
      en: 'The marketplace refuses passwords of several accounts that it has accepted so far. Logins wait: every five minutes one account tries for all. Nothing needs to be done.',
    },
  },
  'password-missing': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'W magazynie sekretów nie ma hasła aplikacji tego konta. Wpisz je ponownie.',
      en: 'The secret store holds no application password of this account. Enter it again.',
    },
  },
  'key-missing': {
    remedy: 'key-owner',
    scope: 'account',
    state: 'needs-owner',
    message: {
      pl: 'Klucz WebAPI tego konta nie jest zarejestrowany. Zarejestruj go ponownie.',
      en: 'The WebAPI key of this account is not registered. Register it again.',
    },
  },
  'seller-connected-twice': {
    remedy: 'configuration',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'Ten sprzedawca jest już podłączony jako inne konto. Usuń jedno z nich.',
      en: 'This seller is already connected as another account. Remove one of them.',
    },
  },
  'journal-stuck': {
    remedy: 'operator',
    scope: 'account',
    state: 'unknown-fault',
    message: {
      pl: 'Dziennik serwisu podaje wciąż te same zdarzenia, zamiast iść dalej. Zatrzymaliśmy odczyt; zgłoś to serwisowi, a potem wznów synchronizację.',
      en: 'The journal of the marketplace gives the same events again instead of going on. We stopped reading it; report it to the marketplace, then resume the synchronisation.',
    },
  },
  'sync-stalled': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Trzy kolejne odczyty przerwano z braku czasu bez żadnego postępu. Próbujemy dalej, rzadziej; jeśli to trwa, sprawdź, czy serwis nie odpowiada zbyt wolno.',
      en: 'Three runs in a row ran out of time without getting anywhere. We go on trying, less often; if it lasts, check whether the marketplace answers too slowly.',
    },
  },
  'bad-input': {
    remedy: 'bug',
    scope: 'account',
    state: 'unknown-fault',
    message: {
      pl: 'Serwis odrzucił nasze zapytanie jako niepoprawne. To błąd Klamki; zgłoś go, podając kod.',
      en: 'The marketplace rejected our request as malformed. This is a bug in Klamka; please report it with the code.',
    },
  },
  business: {
    remedy: 'operator',
    scope: 'account',
    state: 'unknown-fault',
    message: {
      pl: 'Serwis odmówił wykonania operacji na tej ofercie lub zamówieniu. Sprawdź ją na stronie serwisu.',
      en: 'The marketplace refused the operation on this offer or order. Check it on the website.',
    },
  },
  // A reading call was answered so; a person is asked only if it lasts (account/fault.ts).
  'unknown-answer': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis odpowiada na odczyt błędem, którego nie znamy. Ponawiamy automatycznie; jeśli potrwa to kilka godzin, poprosimy o pomoc.',
      en: 'The marketplace answers a reading call with an error that we do not know. We try again by ourselves, and ask for help if it lasts for hours.',
    },
  },
  'unknown-fault': {
    remedy: 'operator',
    scope: 'account',
    state: 'unknown-fault',
    message: {
      pl: 'Serwis zwrócił nieznany błąd. Sprawdź jego kod i treść; po usunięciu przyczyny wznów synchronizację.',
      en: 'The marketplace answered with an unknown error. Look at its code and text; resume the synchronisation when the cause is gone.',
    },
  },
} as const satisfies Record<string, FaultMeaning>;
