import { countryNames } from '../world/atlas.ts';
import { COUNTRIES, countryOf } from '../world/countries.ts';
import { type LoginAttempt, logIn, logInWithToken } from '../world/login.ts';
import { Refusal } from '../world/refusal.ts';
import { hashedPassword } from '../world/sellers.ts';
import type { World } from '../world/world.ts';
import type { CallContext, Method } from './context.ts';

const COMPONENTS: Readonly<Record<number, string>> = { 1: '1.0', 3: '1.1.24', 4: '1.1.74' };

export const doQuerySysStatus: Method<'doQuerySysStatus'> = (request, { world }) => {
  const verKey = world.keys.version(request.webapiKey, request.countryId);
  const info = COMPONENTS[request.sysvar];
  if (info === undefined) throw new Refusal('ERR_UNKNOWN_FEATURE');
  return { info, verKey };
};

/** Answers with one entry per country, whichever country was asked for. */
export const doQueryAllSysStatus: Method<'doQueryAllSysStatus'> = ({ webapiKey, countryId }, { world }) => {
  world.keys.version(webapiKey, countryId);
  const sysCountryStatus = [...COUNTRIES.keys()].map((id) => ({
    countryId: id,
    programVersion: '1.0',
    catsVersion: COMPONENTS[3] ?? '',
    apiVersion: COMPONENTS[1] ?? '',
    attribVersion: '1.0',
    formSellVersion: COMPONENTS[4] ?? '',
    siteVersion: '1.0',
    verKey: world.keys.version(webapiKey, id),
  }));
  return { sysCountryStatus };
};

export const doGetSystemTime: Method<'doGetSystemTime'> = ({ webapiKey, countryId }, { world }) => {
  world.keys.version(webapiKey, countryId);
  return { serverTime: String(world.clock.now()) };
};

/**
 * Looks a user up by name or by e-mail address; needs no session and counts towards no lock. Sources name no
 * code for an unknown user; ours is assumed.
 */
export const doGetUserID: Method<'doGetUserID'> = (
  { webapiKey, countryId, userLogin, userEmail },
  { world },
) => {
  world.keys.version(webapiKey, countryId);
  if (!world.settings.answersUserId) throw new Refusal('ERR_NO_DATABASE');
  const seller = world.sellerNamed(userLogin) ?? world.sellerNamed(userEmail ?? '');
  if (seller === undefined) throw new Refusal('ERR_USER_NOT_FOUND');
  return { userId: seller.id };
};

export const doLogin: Method<'doLogin'> = (request, context) =>
  login(request, { hashed: hashedPassword(request.userPassword), context });

export const doLoginEnc: Method<'doLoginEnc'> = (request, context) =>
  login(request, { hashed: request.userHashPassword, context });

export const doLoginWithAccessToken: Method<'doLoginWithAccessToken'> = (request, { world, address }) =>
  opened(
    world,
    logInWithToken(world, {
      accessToken: request.accessToken,
      countryId: request.countryCode,
      webapiKey: request.webapiKey,
      address,
    }),
  );

interface LoginRequest {
  readonly userLogin: string;
  readonly countryCode: number;
  readonly webapiKey: string;
  readonly localVersion: string;
}

function login(request: LoginRequest, { hashed, context }: { hashed: string; context: CallContext }) {
  const attempt: LoginAttempt = {
    login: request.userLogin,
    hashed,
    countryId: request.countryCode,
    webapiKey: request.webapiKey,
    versionKey: request.localVersion,
    address: context.address,
  };
  return opened(context.world, logIn(context.world, attempt));
}

const opened = ({ clock }: World, { handle, userId }: { handle: string; userId: number }) => ({
  sessionHandlePart: handle,
  userId: String(userId),
  serverTime: String(clock.now()),
});

/** The countries of the world, not only those that have a site. */
export const doGetCountries: Method<'doGetCountries'> = ({ countryCode, webapiKey }, { world }) => {
  world.keys.version(webapiKey, countryCode);
  const countryArray = countryNames(countryCode).map(({ id, name }) => ({
    countryId: id,
    countryName: name,
  }));
  return { countryArray };
};

export const doGetShipmentData: Method<'doGetShipmentData'> = ({ webapiKey, countryId }, { world }) => {
  const localVersion = world.keys.version(webapiKey, countryId);
  const shipmentDataList = countryOf(countryId).shipments.map(({ id, name, cashOnDelivery, hours }) => ({
    shipmentId: id,
    shipmentName: name,
    shipmentType: cashOnDelivery ? 2 : 1,
    shipmentTime: { shipmentTimeFrom: hours[0], shipmentTimeTo: hours[1] },
  }));
  return { shipmentDataList, localVersion };
};
