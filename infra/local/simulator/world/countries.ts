export interface ShipmentMethod {
  readonly id: number;
  readonly name: string;
  readonly cashOnDelivery: boolean;
  readonly costMinor: number;
  /** Destination of the goods: an address, a pick-up point, or none because the buyer fetches them. */
  readonly goes: 'address' | 'point' | 'nowhere';
  readonly hours: readonly [from: number, to: number];
}

export interface Country {
  readonly id: number;
  readonly currency: string;
  readonly timeZone: string;
  readonly shipments: readonly ShipmentMethod[];
}

const shipment = (
  id: number,
  [name, costMinor]: readonly [string, number],
  rest: Partial<ShipmentMethod> = {},
): ShipmentMethod => ({
  id,
  name,
  costMinor,
  cashOnDelivery: false,
  goes: 'address',
  hours: [24, 72],
  ...rest,
});

export const COUNTRIES: ReadonlyMap<number, Country> = new Map(
  [
    {
      id: 1,
      currency: 'PLN',
      timeZone: 'Europe/Warsaw',
      shipments: [
        shipment(1, ['Paczka pocztowa ekonomiczna', 850]),
        shipment(2, ['Przesyłka kurierska', 1599], { hours: [24, 24] }),
        shipment(3, ['Przesyłka kurierska pobraniowa', 2050], { cashOnDelivery: true, hours: [24, 24] }),
        shipment(4, ['Paczka pobraniowa', 1700], { cashOnDelivery: true }),
        shipment(9, ['Automat paczkowy', 999], { goes: 'point', hours: [24, 48] }),
        shipment(10, ['Odbiór osobisty', 0], { goes: 'nowhere', hours: [0, 0] }),
      ],
    },
    {
      id: 56,
      currency: 'CZK',
      timeZone: 'Europe/Prague',
      shipments: [
        shipment(101, ['Balík do ruky', 10900], { hours: [0, 0] }),
        shipment(102, ['Obyčejný balík', 7550], { hours: [0, 0] }),
        shipment(103, ['Dobírka', 13900], { cashOnDelivery: true, hours: [0, 0] }),
        shipment(104, ['Výdejní místo', 5900], { goes: 'point', hours: [0, 0] }),
        shipment(105, ['Osobní odběr', 0], { goes: 'nowhere', hours: [0, 0] }),
      ],
    },
  ].map((country) => [country.id, country]),
);

/** Throws RangeError for a country that the simulator does not play. */
export function countryOf(id: number): Country {
  const country = COUNTRIES.get(id);
  if (country === undefined)
    throw new RangeError(`no country ${id}; there are ${[...COUNTRIES.keys()].join(', ')}`);
  return country;
}

/** Throws RangeError for a method that the country lacks. */
export function shipmentOf(countryId: number, shipmentId: number): ShipmentMethod {
  const found = countryOf(countryId).shipments.find((method) => method.id === shipmentId);
  if (found === undefined) throw new RangeError(`no shipment ${shipmentId} in country ${countryId}`);
  return found;
}
