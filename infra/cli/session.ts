import { Readable } from 'node:stream';
import { clientOf } from './api/client.ts';
import type { AnswerOf, Call, InputOf } from './api/contract.ts';
import { type Embedded, embeddedPlace, type Place, profilePlace } from './api/places.ts';
import { askSecret } from './ask.ts';
import { CliError, EXIT } from './exit.ts';
import { type Io, type Language, languageOf } from './io.ts';
import { inCommands } from './show/phrase.ts';
import { type Column, facts, table } from './show/table.ts';
import { clean } from './show/text.ts';

export interface GlobalOptions {
  readonly profile?: string;
  readonly data?: string;
  readonly json?: boolean;
}

type OperationWithPages = {
  [Id in Parameters<Call>[0]]: AnswerOf<Id> extends { cursor: string | null } ? Id : never;
}[Parameters<Call>[0]];

/** The surroundings of a command: the installation that the options name, and the ways to show results. */
export class Session {
  readonly io: Io;
  readonly language: Language;
  #options: GlobalOptions = {};
  #place: Promise<Place> | undefined;
  #call: Call | undefined;

  constructor(io: Io) {
    this.io = io;
    this.language = languageOf(io.env);
  }

  /** Takes the options of the command line; called before any command runs. */
  configure(options: GlobalOptions): void {
    this.#options = options;
    this.#place = undefined;
    this.#call = undefined;
  }

  /** A session on the same installation that ends with `signal`, too; a silent one says and asks nothing. */
  until(signal: AbortSignal, { isSilent = false } = {}): Session {
    const silent = { stdin: Readable.from([]), err: () => undefined };
    const joined = AbortSignal.any([this.io.signal, signal]);
    const session = new Session({ ...this.io, ...(isSilent && silent), signal: joined });
    session.configure(this.#options);
    return session;
  }

  get isJson(): boolean {
    return this.#options.json === true;
  }

  place(): Promise<Place> {
    const { profile = this.io.env.KLAMKA_PROFILE, data } = this.#options;
    this.#place ??=
      profile === undefined || profile === '' || data !== undefined
        ? embeddedPlace(this, data)
        : profilePlace({ io: this.io, askSecret: (name) => this.secret(clientSecret(name)) }, profile);
    return this.#place;
  }

  call: Call = async (id, input) => {
    this.#call ??= clientOf({
      api: (await this.place()).api,
      language: this.language,
      signal: this.io.signal,
    });
    return await this.#call(id, input);
  };

  /** All pages of a list, or as many as make `most` entries; `rest` tells whether there are more. */
  async pages<Id extends OperationWithPages, Entry>(
    id: Id,
    input: InputOf<Id>,
    {
      of,
      most = Number.POSITIVE_INFINITY,
    }: { of: (answer: AnswerOf<Id>) => readonly Entry[]; most?: number },
  ): Promise<{ entries: Entry[]; rest: boolean }> {
    const entries: Entry[] = [];
    let cursor: string | null = null;
    do {
      const limit = Math.min(100, Math.max(1, most - entries.length));
      const { query } = input as { query?: object };
      const asked = { ...input, query: { ...query, limit, ...(cursor !== null && { cursor }) } };
      const answer: AnswerOf<Id> = await this.call(id, asked);
      entries.push(...of(answer));
      ({ cursor } = answer as { cursor: string | null });
    } while (cursor !== null && entries.length < most);
    return { entries: entries.slice(0, most), rest: cursor !== null || entries.length > most };
  }

  /** The parts that only an embedded stack has. Throws CliError for a deployed one. */
  async embedded(): Promise<Embedded> {
    const { embedded } = await this.place();
    if (embedded !== undefined) return embedded;
    throw new CliError(EXIT.usage, {
      pl: 'To polecenie działa tylko z wbudowanym środowiskiem (npm start), bez --profile.',
      en: 'This command works with the embedded stack only (npm start), without --profile.',
    });
  }

  secret(name: { pl: string; en: string }): Promise<string> {
    return askSecret(this.io, name, this.language);
  }

  /** Shows a result: one JSON document for a program, text for a person. */
  show(result: { readonly json: unknown; readonly text: () => string }): void {
    this.io.out(this.isJson ? `${JSON.stringify(result.json, null, 2)}\n` : result.text());
  }

  /** Shows one of many results as they come: a line of JSON, or of text. */
  showNext(result: { readonly json: unknown; readonly text: () => string }): void {
    this.io.out(`${this.isJson ? JSON.stringify(result.json) : result.text()}\n`);
  }

  /** A remark for a person, beside the results. */
  note(text: { pl: string; en: string }): void {
    this.io.err(`${clean(inCommands(text[this.language]))}\n`);
  }

  /** A text of the API in the person's language, with commands in the place of routes. */
  said(text: { pl: string; en: string }): string {
    return inCommands(text[this.language]);
  }

  facts(entries: Parameters<typeof facts>[0]): string {
    return facts(entries, { columns: this.io.columns });
  }

  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
    return table(rows, columns, { bold: this.io.isRead });
  }
}

const clientSecret = (profile: string) => ({
  pl: `Sekret klienta profilu ${profile} (albo zmienna KLAMKA_CLIENT_SECRET)`,
  en: `Client secret of the profile ${profile} (or the variable KLAMKA_CLIENT_SECRET)`,
});
