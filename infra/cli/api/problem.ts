import type * as z from 'zod/mini';
import type { Problem } from '../../../functions/contract/problem.ts';
import { EXIT, type ExitCode } from '../exit.ts';

export type ProblemBody = z.output<typeof Problem>;

/** An answer of the API that is no success. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  /** Absent in answers of the gateway, which have no problem. */
  readonly body: Partial<ProblemBody>;

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.title ?? `status ${status}`);
    this.status = status;
    this.body = body;
  }

  get exit(): ExitCode {
    return EXIT_OF[this.status] ?? (this.status >= 400 && this.status < 500 ? EXIT.usage : EXIT.failed);
  }
}

const EXIT_OF: Readonly<Record<number, ExitCode>> = {
  401: EXIT.unauthorised,
  403: EXIT.unauthorised,
  404: EXIT.notFound,
  409: EXIT.conflict,
  422: EXIT.person,
  429: EXIT.later,
  503: EXIT.later,
  504: EXIT.later,
};
