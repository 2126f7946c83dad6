/** Sends JSON over HTTP on this machine. Throws an error with status and answer for any status but 2xx. */
export async function request<T>(
  base: string,
  call: { method?: string; path: string; body?: unknown },
): Promise<T> {
  const answer = await attempt(base, call);
  if (answer.status < 300) return answer.body as T;
  throw new Error(
    `${call.method ?? 'GET'} ${call.path} answered ${answer.status}: ${JSON.stringify(answer.body)}`,
  );
}

/** Sends as `request` does, but returns any status. */
export async function attempt(
  base: string,
  call: { method?: string; path: string; body?: unknown },
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL(call.path, base), {
    method: call.method ?? 'GET',
    ...(call.body !== undefined && {
      body: JSON.stringify(call.body),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
