import type { FaultMeaning } from './meaning.ts';

/** The meaning of each trouble: its remedy, its owner, and the message to people. */
export const FAULTS = {
  'password-refused': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'Serwis odrzucił login lub hasło aplikacji. Zaloguj się na stronie serwisu, wygeneruj nowe hasło aplikacji i wpisz je w Klamce. Sami nie próbujemy ponownie, żeby serwis nie zablokował konta.',
      en: 'The marketplace refused the login or the application password. Log in on its website, generate a new application password and enter it in Klamka. We do not try again by ourselves, so that the account is not locked.',
    },
  },
  'password-too-weak': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'Serwis wymaga zmiany hasła na mocniejsze. Zaloguj się na stronie serwisu, zmień hasło, wygeneruj nowe hasło aplikacji i wpisz je w Klamce.',
      en: 'The marketplace demands a stronger password. Log in on its website, change the password, generate a new application password and enter it in Klamka.',
    },
  },
  'account-locked': {
    remedy: 'unlock-on-website',
    scope: 'account',
    state: 'locked',
    message: {
      pl: 'Serwis zablokował dostęp do konta po zbyt wielu nieudanych logowaniach. Zaloguj się raz na stronie serwisu (z captchą) i potwierdź to w Klamce („odblokowane”). Do tego czasu nie logujemy się na to konto.',
      en: 'The marketplace has locked the account after too many failed logins. Log in once on its website (with the captcha) and confirm that in Klamka ("unlocked"). Until then we do not log in to this account.',
    },
  },
  'account-closed': {
    remedy: 'operator',
    scope: 'account',
    state: 'needs-owner',
    message: {
      pl: 'Konto w serwisie jest zamknięte albo nie ma potrzebnych uprawnień. Skontaktuj się z serwisem, a gdy konto znów będzie działać, wznów synchronizację.',
      en: 'The account is closed at the marketplace or lacks rights. Contact the marketplace, and resume the synchronisation when the account works again.',
    },
  },
  'account-blocked': {
    remedy: 'operator',
    scope: 'account',
    state: 'needs-owner',
    message: {
      pl: 'Serwis zablokował temu kontu dostęp do tej funkcji. Wyjaśnij to z serwisem, a potem wznów synchronizację.',
      en: 'The marketplace has blocked this function for this account. Process it with the marketplace, then resume the synchronisation.',
    },
  },
  'login-service-trouble': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Logowanie w serwisie chwilowo nie działa albo umowa z serwisem została rozwiązana. Próbujemy dalej, ostrożnie; jeśli to nie minie, sprawdź konto na stronie serwisu.',
      en: 'The login of the marketplace does not work for the moment, or the contract with the marketplace has ended. We go on trying, with care; if it lasts, check the account on the website.',
    },
  },
  'preparation-stale': {
    remedy: 'prepare-again',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'Serwis odrzuca logowanie, bo dane pobrane przed nim są nieaktualne, nawet tuż po pobraniu. Sprawdź, czy klucz integracji wydano dla kraju tego konta.',
      en: 'The marketplace refuses the login because the data fetched for it are out of date, even right after they were fetched. Check that the integration key was issued for the country of this account.',
    },
  },
  'marketplace-unavailable': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis ma chwilową awarię. Spróbujemy ponownie sami; nic nie trzeba robić.',
      en: 'The marketplace has temporary trouble. We try again by ourselves; nothing needs to be done.',
    },
  },
  'account-migrating': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis przenosi konto do Menedżera Sprzedaży. Spróbujemy ponownie za kilka godzin; nic nie trzeba robić.',
      en: 'The marketplace is moving the account to its Sales Manager. We try again in some hours; nothing needs to be done.',
    },
  },
  'key-refused': {
    remedy: 'key-owner',
    scope: 'key',
    state: 'needs-owner',
    message: {
      pl: 'Serwis odrzucił klucz integracji: jest błędny lub zablokowany. Właściciel klucza powinien go sprawdzić i zarejestrować w Klamce poprawny.',
      en: 'The marketplace refused the integration key: it is wrong or blocked. Its owner should check it and register a correct one in Klamka.',
    },
  },
  'key-inactive': {
    remedy: 'key-owner',
    scope: 'key',
    state: 'needs-owner',
    message: {
      pl: 'Klucz integracji jest nieaktywny, bo jego właściciel nie zaakceptował regulaminu WebAPI. Właściciel musi go zaakceptować na stronie serwisu.',
      en: 'The integration key is inactive because its owner has not accepted the WebAPI terms. The owner must accept them on the website.',
    },
  },
  'key-expired': {
    remedy: 'key-owner',
    scope: 'key',
    state: 'needs-owner',
    message: {
      pl: 'Klucz integracji wygasł. Jego właściciel musi go odnowić, a nowy zarejestrować w Klamce.',
      en: 'The integration key has expired. Its owner must renew it and register the new one in Klamka.',
    },
  },
  'key-licence': {
    remedy: 'key-owner',
    scope: 'account',
    state: 'needs-owner',
    message: {
      pl: 'Ten klucz integracji działa tylko dla kont wpisanych do jego licencji, a tego konta tam nie ma. Właściciel klucza musi je dopisać.',
      en: 'This integration key works only for the accounts on its licence, and this account is not on it. The owner of the key must add the account.',
    },
  },
  'key-rate-limited': {
    remedy: 'retry',
    scope: 'key',
    state: 'retrying',
    message: {
      pl: 'Klucz integracji przekroczył limit zapytań na minutę. Poczekamy i spróbujemy ponownie sami; nic nie trzeba robić.',
      en: 'The integration key exceeded its limit of calls per minute. We wait and try again by ourselves; nothing needs to be done.',
    },
  },
  'address-blocked': {
    remedy: 'unlock-on-website',
    scope: 'address',
    state: 'locked',
    message: {
      pl: 'Serwis zablokował nasz adres IP po zbyt wielu zapytaniach. Ktoś musi przejść captchę na stronie serwisu, łącząc się z tego adresu.',
      en: 'The marketplace has blocked our IP address after too many calls. Somebody has to solve the captcha on its website from that address.',
    },
  },
  'country-refused': {
    remedy: 'configuration',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'Serwis nie zna kraju ustawionego dla tego konta. Usuń konto i dodaj je ponownie z właściwym serwisem (pole „marketplace”).',
      en: 'The marketplace does not know the country set for this account. Remove the account and add it again with the right marketplace (field "marketplace").',
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
      pl: 'Serwis nie zna funkcji, o którą pytamy. Sprawdź ustawienia serwisu (marketplace) w tej instalacji Klamki.',
      en: 'The marketplace does not know the function that we ask for. Check the marketplace settings of this installation of Klamka.',
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
      pl: 'Serwis nie odpowiedział albo jego odpowiedź była nieczytelna. Spróbujemy ponownie, ostrożnie: tę próbę liczymy tak, jakby hasło mogło być błędne.',
      en: 'The marketplace did not answer, or its answer could not be read. We try again with care, counting this attempt as a possible bad password.',
    },
  },
  unreachable: {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Nie można połączyć się z serwisem. Nic nie zostało wysłane; spróbujemy ponownie sami.',
      en: 'The marketplace cannot be reached. Nothing was sent; we try again by ourselves.',
    },
  },
  'session-ended': {
    remedy: 'relogin',
    scope: 'account',
    state: 'session-unstable',
    message: {
      pl: 'Sesja kończy się zaraz po zalogowaniu. Prawdopodobne przyczyny: zmienia się nasz adres IP albo inny program zalogowany na to konto wyczerpuje limit sesji. Jeśli to się powtarza, włącz stały adres wychodzący (ustawienie fixedAddress).',
      en: 'Sessions end right after login. Likely causes: our IP address changes, or another program that logs in to this account exhausts the session limit. If it goes on, switch the fixed outgoing address on (setting fixedAddress).',
    },
  },
  'attempts-exhausted': {
    remedy: 'unlock-on-website',
    scope: 'account',
    state: 'locked',
    message: {
      pl: 'Wstrzymaliśmy logowanie, zanim serwis zablokuje konto: kilka prób mogło się nie udać. Zaloguj się raz na stronie serwisu, potwierdź to w Klamce („odblokowane”), a potem wpisz nowe hasło aplikacji.',
      en: 'We stopped logging in before the marketplace locks the account: several attempts may have failed. Log in once on its website, confirm that in Klamka ("unlocked"), then enter a new application password.',
    },
  },
  'attempts-budget': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'W ciągu godziny wykorzystaliśmy już wszystkie logowania, na które sobie pozwalamy. Następne nastąpi samo, gdy godzina minie.',
      en: 'All logins that we allow ourselves within an hour have been used. The next one follows by itself when the hour is over.',
    },
  },
  'calls-budget': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'W tej minucie wykorzystaliśmy już wszystkie zapytania, na które sobie pozwalamy z tym kluczem integracji. Odczyt ruszy dalej sam w następnej minucie; nic nie zginie.',
      en: 'All calls that we allow ourselves with this integration key within a minute have been made. Reading goes on by itself in the next minute; nothing is lost.',
    },
  },
  'login-in-progress': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Inny proces właśnie loguje się na to konto. Skorzystamy z jego sesji; nic nie trzeba robić.',
      en: 'Another worker is logging in to this account. We use its session; nothing needs to be done.',
    },
  },
  'password-wanted': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'Zapisaliśmy, że zalogowano się na stronie serwisu. Sami nie próbujemy się logować: wygeneruj nowe hasło aplikacji i wpisz je w Klamce.',
      en: 'Your login on the website is noted. We do not try to log in by ourselves: generate a new application password and enter it in Klamka.',
    },
  },
  'password-unfit': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'Zapisane hasło aplikacji nie może pochodzić od serwisu, więc go nie wysyłamy. Wpisz hasło aplikacji ponownie.',
      en: 'The stored application password cannot have been issued by the marketplace, so it is not sent. Enter the application password again.',
    },
  },
  'passwords-doubted': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Serwis odrzuca hasła kilku kont, choć dotąd je przyjmował; wygląda to na jego awarię. Wstrzymaliśmy logowania: co pięć minut próbuje jedno konto za wszystkie. Nic nie trzeba robić.',
      en: 'The marketplace refuses passwords of several accounts that it has accepted so far, which looks like trouble of its own. Logins wait: every five minutes one account tries for all. Nothing needs to be done.',
    },
  },
  'password-missing': {
    remedy: 'new-application-password',
    scope: 'account',
    state: 'needs-app-password',
    message: {
      pl: 'Nie mamy zapisanego hasła aplikacji tego konta. Wpisz je ponownie.',
      en: 'No application password of this account is stored. Enter it again.',
    },
  },
  'key-missing': {
    remedy: 'key-owner',
    scope: 'account',
    state: 'needs-owner',
    message: {
      pl: 'Klucz integracji tego konta nie jest zarejestrowany. Zarejestruj go ponownie.',
      en: 'The integration key of this account is not registered. Register it again.',
    },
  },
  'seller-connected-twice': {
    remedy: 'configuration',
    scope: 'account',
    state: 'misconfigured',
    message: {
      pl: 'Ten sprzedawca jest już podłączony jako inne konto. Usuń jedno z nich; jeśli drugiego nie widzisz na liście, poproś administratora Klamki.',
      en: 'This seller is already connected as another account. Remove one of them; if the other is not in your list, ask an administrator of Klamka.',
    },
  },
  'journal-stuck': {
    remedy: 'operator',
    scope: 'account',
    state: 'unknown-fault',
    message: {
      pl: 'Dziennik zdarzeń serwisu podaje wciąż te same zdarzenia, zamiast iść dalej. Zatrzymaliśmy odczyt; zgłoś to serwisowi, a potem wznów synchronizację.',
      en: 'The journal of the marketplace gives the same events again instead of going on. We stopped reading it; report it to the marketplace, then resume the synchronisation.',
    },
  },
  'sync-stalled': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Trzy kolejne odczyty nie zmieściły się w czasie i nic nie wniosły. Próbujemy dalej, rzadziej; jeśli to trwa, sprawdź, czy serwis nie odpowiada zbyt wolno.',
      en: 'Three runs in a row ran out of time without any progress. We go on trying, less often; if it lasts, check whether the marketplace answers too slowly.',
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
      pl: 'Serwis odmówił wykonania operacji na tej ofercie lub tym zamówieniu. Sprawdź to na stronie serwisu.',
      en: 'The marketplace refused the operation on this offer or order. Check it on the website.',
    },
  },
  // A reading call was answered so; a person is asked only if it lasts (account/fault.ts).
  'unknown-answer': {
    remedy: 'retry',
    scope: 'account',
    state: 'retrying',
    message: {
      pl: 'Przy odczycie serwis zwraca błąd, którego nie znamy. Spróbujemy ponownie sami; jeśli potrwa to kilka godzin, poprosimy o pomoc.',
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
