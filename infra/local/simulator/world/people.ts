import type { Chance } from './chance.ts';

/** Invented words only: sentences that hold every diacritic, and names such as "test" and "sample". */
interface Samples {
  readonly firstNames: readonly string[];
  readonly lastNames: readonly string[];
  readonly companies: readonly string[];
  readonly streets: readonly string[];
  readonly cities: readonly string[];
  readonly titles: readonly string[];
  readonly messages: readonly string[];
  readonly points: readonly string[];
  readonly variant: { readonly name: string; readonly values: readonly string[] };
  readonly postcode: (chance: Chance) => string;
  readonly phone: (chance: Chance) => string;
  readonly taxId: (chance: Chance) => string;
}

const digits = (chance: Chance, count: number): string =>
  Array.from({ length: count }, () => chance.int(0, 9)).join('');

const POLISH: Samples = {
  firstNames: ['Zażółć', 'Gęśla', 'Jaźń', 'Łódka', 'Źrebak', 'Ćma', 'Żółw', 'Ósmy'],
  lastNames: ['Testowski', 'Przykładowa', 'Próbny', 'Wzorcowa', 'Zmyślony-Dwuczłonowy', "O'Przykład"],
  companies: ['Zmyślona Spółka Testowa', 'P.H.U. "Próba" & Syn', 'Wzorzec <Test> s.c.'],
  streets: ['ul. Testowa', 'ul. Świętej Próby', 'os. Źródlane Wzorce', 'al. Przykładów'],
  cities: ['Testowo', 'Próbków Górny', 'Wzorcowice', 'Łąki Przykładowe'],
  titles: [
    'Kubek ceramiczny "Żółta gęś" 300 ml',
    'Śruby M6 & nakrętki, komplet <100 szt.>',
    'Książka: Chrząszcz brzmi w trzcinie',
    'Lampka LED ☀️ ciepłe światło',
    'Koc wełniany 150×200',
    'Zestaw pędzli (12 szt.) 5 > 4',
    'Łańcuch rowerowy',
  ],
  messages: [
    'Proszę o szybką wysyłkę, dziękuję!',
    'Dzwonić po 16:00 & zostawić u sąsiada <nr 5>',
    '  Faktura na "firmę"\nproszę\t— pilne 🚀  ',
    'Żółć, gęślą, jaźń; 100% > 99% ]]> koniec',
    'Prezent 🎁 bez ceny, emotka 👨‍👩‍👧',
  ],
  points: ['Automat TST01A', 'Automat ŁÓD99T', 'Punkt Próba 7'],
  variant: { name: 'Kolor', values: ['żółty', 'błękitny', 'różowy'] },
  postcode: (chance) => `${digits(chance, 2)}-${digits(chance, 3)}`,
  phone: (chance) => `+48 000 ${digits(chance, 3)} ${digits(chance, 3)}`,
  taxId: (chance) => `000${digits(chance, 7)}`,
};

const CZECH: Samples = {
  firstNames: ['Žluťoučký', 'Kůň', 'Příšera', 'Ďábelka', 'Óda', 'Řeřicha', 'Šiška'],
  lastNames: ['Zkušební', 'Příkladová', 'Vzorný', 'Vymyšlená', 'Testovací-Ňouma'],
  companies: ['Vymyšlená Zkušební s.r.o.', 'Vzor & Příklad "Test"', 'Nic <a> nikdo'],
  streets: ['Zkušební', 'Příkladná', 'U Vymyšleného Vzoru', 'Žižalí'],
  cities: ['Zkouškov', 'Příkladná Lhota', 'Vzorov nad Testem'],
  titles: [
    'Hrnek "Žlutá husa" 300 ml',
    'Šrouby M6 & matice <100 ks>',
    'Kniha: Příliš žluťoučký kůň',
    'Lampička LED ☀️ teplé světlo',
    'Vlněná deka 150×200',
    'Řetěz na kolo',
  ],
  messages: [
    'Prosím o rychlé odeslání, děkuji!',
    'Volat po 16:00 & nechat u souseda <č. 5>',
    '  Faktura na "firmu"\nprosím\t— spěchá 🚀  ',
    'Příliš žluťoučký kůň; 100% > 99% ]]> konec',
  ],
  points: ['Výdejna TST01', 'Box Zkouška 7'],
  variant: { name: 'Barva', values: ['žlutá', 'růžová', 'bílá'] },
  postcode: (chance) => `${digits(chance, 3)} ${digits(chance, 2)}`,
  phone: (chance) => `+420 000 ${digits(chance, 3)} ${digits(chance, 3)}`,
  taxId: (chance) => `CZ000${digits(chance, 5)}`,
};

export const samplesOf = (countryId: number): Samples => (countryId === 56 ? CZECH : POLISH);

export interface Place {
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly countryId: number;
}

export interface Buyer {
  readonly id: number;
  /** The seller whose customer this buyer is. */
  readonly sellerId: number;
  readonly login: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Company name; empty for a private person. */
  readonly company: string;
  readonly taxId: string;
  readonly phone: string;
  /** The home address in the buyer's account. */
  readonly home: Place;
  /** The delivery address that the buyer gives in sales. */
  readonly delivery: Place;
}

/** Germany and Slovakia, by the marketplace's country ids. */
const ABROAD = [77, 181];

function makePlace(chance: Chance, countryId: number): Place {
  const samples = samplesOf(countryId);
  const street = `${chance.pick(samples.streets)} ${chance.int(1, 199)}${chance.happens(0.3) ? `/${chance.int(1, 40)}` : ''}`;
  return { street, postcode: samples.postcode(chance), city: chance.pick(samples.cities), countryId };
}

/** An invented buyer. Mail addresses are in domains reserved for examples. */
export function makeBuyer(
  chance: Chance,
  {
    id,
    sellerId,
    countryId,
    home: livesIn,
  }: { id: number; sellerId: number; countryId: number; home?: number | undefined },
): Buyer {
  const samples = samplesOf(countryId);
  const drawn = makePlace(chance, chance.happens(0.03) ? chance.pick(ABROAD) : countryId);
  const home = { ...drawn, countryId: livesIn ?? drawn.countryId };
  const isCompany = chance.happens(0.25);
  return {
    id,
    sellerId,
    login: `kupiec_${id.toString(36)}`,
    email: `kupiec.${id.toString(36)}@${chance.pick(['example.com', 'example.org', 'poczta.example'])}`,
    firstName: chance.pick(samples.firstNames),
    lastName: chance.pick(samples.lastNames),
    company: isCompany ? chance.pick(samples.companies) : '',
    taxId: isCompany ? samples.taxId(chance) : '',
    phone: samples.phone(chance),
    home,
    delivery: chance.happens(0.2) ? makePlace(chance, countryId) : home,
  };
}
