import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { runMethod } from '../methods/index.ts';
import type { DecodedCall, Dialect } from '../wire/dialect.ts';
import { encodeFault12 } from '../wire/envelope.ts';
import { BadRequest, bytesOf, SOAP_CODES } from '../wire/xml.ts';
import { Refusal } from '../world/refusal.ts';
import type { World } from '../world/world.ts';
import type { Breakage, Breakages } from './breakages.ts';
import { type Answer, HTML, TEXT, XML } from './exchange.ts';
import { HOSTILE, inLatin2, withBrokenText } from './hostile.ts';

export interface SoapService {
  readonly dialect: Dialect;
  readonly world: World;
  readonly breakages: Breakages;
  readonly log: (line: string) => void;
}

const CAPTCHA_PAGE =
  '<!DOCTYPE html><html lang="pl"><head><title>Captcha</title></head><body><form>Przepisz kod z obrazka</form></body></html>';

/**
 * Answers one POST. An undefined `body` is not UTF-8; an undefined answer means that the connection is to be
 * cut.
 */
export async function answerSoap(
  service: SoapService,
  { request, body }: { request: IncomingMessage; body: string | undefined },
): Promise<Answer | undefined> {
  const answer = await answerCall(service, { request, body });
  const accepted = headerOf(request, 'accept-encoding') ?? '';
  if (!service.world.settings.gzip || !/\bgzip\b/.test(accepted)) return answer;
  if (answer === undefined || answer.encoding !== undefined) return answer;
  return { ...answer, body: gzipSync(answer.body), encoding: 'gzip' };
}

async function answerCall(
  service: SoapService,
  { request, body }: { request: IncomingMessage; body: string | undefined },
): Promise<Answer | undefined> {
  const { dialect, world, breakages } = service;
  let call: DecodedCall;
  try {
    if (!/^text\/xml\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
      throw new BadRequest('Content-Type must be text/xml');
    }
    if (body === undefined) throw new BadRequest('not well-formed XML: the message is not in UTF-8');
    call = dialect.decode(body, headerOf(request, 'soapaction'), world.settings);
  } catch (error) {
    world.stats.malformed += 1;
    return faultAnswer(service, { operation: '(malformed)', error });
  }
  world.stats.countCall(call.operation);
  const breakage = breakages.take(call.operation, () => sellerIdOf(world, call.request));
  if (breakage === undefined) return process(service, { call, request });
  service.log(`${call.operation} breaks: ${breakage.kind}`);
  const early = beforeProcessing(service, breakage);
  if (early !== undefined) return early === 'cut' ? undefined : early;
  if (breakage.kind === 'judge-late') {
    // The client has gone away by then, but the login that it sent is judged all the same.
    breakages.hold(() => process(service, { call, request }), breakage.millis);
    return undefined;
  }
  const answer = process(service, { call, request });
  return breakage.kind === 'fault-after'
    ? plannedFault(service, breakage)
    : afterProcessing(answer, breakage);
}

/** The seller whom a call concerns, read from its session or from its login. */
function sellerIdOf(world: World, request: object): number | undefined {
  const text = (name: string) => String(Reflect.get(request, name) ?? '');
  return (
    world.sessions.sellerIdOf(text('sessionId') || text('sessionHandle')) ??
    world.sellerNamed(text('userLogin'))?.id
  );
}

function beforeProcessing(service: SoapService, breakage: Breakage): Answer | 'cut' | undefined {
  const { kind } = breakage;
  if (kind === 'drop-before') return 'cut';
  if (kind === 'http-503') return { status: 503, type: TEXT, body: 'Service Unavailable\n' };
  if (kind === 'captcha-page') return { status: 200, type: HTML, body: CAPTCHA_PAGE };
  if (isHostile(kind)) return HOSTILE[kind]();
  return kind === 'fault' ? plannedFault(service, breakage) : undefined;
}

function plannedFault({ dialect, world }: SoapService, { code, text, soap }: Breakage): Answer {
  const written = text ?? new Refusal(code).message;
  const body =
    soap === '1.2' ? encodeFault12(code, written) : dialect.encodeFault(code, written, world.settings);
  return { status: world.settings.faultStatus, type: XML, body };
}

const isHostile = (kind: string): kind is keyof typeof HOSTILE => Object.hasOwn(HOSTILE, kind);

async function afterProcessing(
  answer: Answer,
  { kind, millis, text }: Breakage,
): Promise<Answer | undefined> {
  if (kind === 'drop-after') return undefined;
  if (kind === 'delay') await wait(millis, undefined, { ref: false });
  if (kind === 'trickle') return { ...answer, trickleMillis: millis };
  if (kind === 'truncate') return { ...answer, body: answer.body.slice(0, answer.body.length / 2) };
  if (kind === 'broken-character') return { ...answer, body: withBrokenText(String(answer.body), text) };
  if (kind === 'wrong-charset') return { ...answer, body: inLatin2(String(answer.body)) };
  return kind === 'empty-200' ? { ...answer, status: 200, body: '' } : answer;
}

function process(
  service: SoapService,
  { call, request }: { call: DecodedCall; request: IncomingMessage },
): Answer {
  const { world, dialect, log } = service;
  try {
    const reply = runMethod(call, { world, address: clientAddress(request) });
    log(call.operation);
    const xml = dialect.encodeReply(call.operation, reply, world.settings);
    return { status: 200, type: XML, body: bytesOf(xml) };
  } catch (error) {
    return faultAnswer(service, { operation: call.operation, error });
  }
}

function faultAnswer(
  { dialect, world, log }: SoapService,
  { operation, error }: { operation: string; error: unknown },
): Answer {
  const told = error instanceof Refusal || error instanceof BadRequest ? error : undefined;
  const code = told?.code ?? SOAP_CODES.server;
  const text = told?.message ?? 'The simulator failed.';
  log(`${operation} → ${code}${error instanceof Refusal ? '' : ` ${String(error)}`}`);
  return {
    status: world.settings.faultStatus,
    type: XML,
    body: dialect.encodeFault(code, text, world.settings),
  };
}

/** The client's address. A test that runs on one machine may play another address by a header. */
function clientAddress(request: IncomingMessage): string {
  const played = headerOf(request, 'x-sim-client-address');
  return played ?? (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
