import type { Dialect } from '../../functions/webapi/dialect.ts';
import { OPERATIONS, type OperationName } from '../../functions/webapi/operations.ts';
import { type Fields, fieldType, isScalar, type Scalar } from '../../functions/webapi/schema.ts';
import { STRUCTS, type StructName } from '../../functions/webapi/structs.ts';

/** Values that a careless writer gets wrong, within the limits of every field. */
const SAMPLES: Readonly<Record<Scalar, string>> = {
  string: ` <ż>&"']]>🦆\t`,
  long: '9007199254740993',
  int: '7',
  float: '131072.01',
  boolean: 'true',
  dateTime: '2014-12-04T17:35:08+01:00',
};

const SPECIAL: Readonly<Record<string, string>> = {
  userHashPassword: 'fO0dzu0OfTlWONx4p87Nz2K9PeULocSIJI65YEtaxp0=',
  userLogin: 'obchod<&>',
  userPassword: 'zażółć<&>"',
};

/** A request with every field of the operation, or with the required fields only. */
export function requestOf(
  operation: OperationName,
  { dialect, full }: { dialect: Dialect; full: boolean },
): object {
  return valuesOf(OPERATIONS[operation].request, { dialect, full });
}

function valuesOf(fields: Fields, options: { dialect: Dialect; full: boolean }): object {
  const wanted = Object.entries(fields).filter(
    ([name, word]) => !options.dialect.lacks(name) && (options.full || !fieldType(word).optional),
  );
  return Object.fromEntries(
    wanted.map(([name, word]) => {
      const { base, list } = fieldType(word);
      const value = isScalar(base)
        ? (SPECIAL[name] ?? SAMPLES[base])
        : valuesOf(STRUCTS[base as StructName], options);
      return [name, list ? [value, value] : value];
    }),
  );
}
