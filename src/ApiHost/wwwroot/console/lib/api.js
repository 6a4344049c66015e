// Requests to the service. The credential is a header; only sockets, which cannot send headers, get an access token in their URL.

import { accessToken, credential, dropToken, refuseCredential } from './credentials.js';

/** An answer that refuses a request: status, code and the request id that finds its log entry. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.message ?? problem.title ?? `The service answered ${status}.`);
    this.status = status;
    this.code = problem.error_code ?? null;
    this.requestId = problem.request_id ?? null;
  }
}

/** The path of a session below /v1, with more segments behind it. */
export const sessionPath = (session, rest = '') => `/v1/sessions/${encodeURIComponent(session)}${rest}`;

/** Sends a request and returns the response; throws an ApiError when it is refused. */
export async function request(path, { method = 'GET', isKeyNeeded = false, signal } = {}) {
  const send = value => fetch(path, { method, headers: { Authorization: `Bearer ${value}` }, signal });
  const value = isKeyNeeded ? credential() : await accessToken();
  let answer = await send(value);
  if (answer.status === 401 && !isKeyNeeded && dropToken(value)) answer = await send(await accessToken());
  if (answer.status === 401) refuseCredential();
  if (!answer.ok) throw new ApiError(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

export const getJson = async (path, signal) => (await request(path, { signal })).json();

export const getBlob = async (path, signal) => (await request(path, { signal })).blob();

/** The sessions that match a filter; members that are empty are left out. */
export function listSessions(filter, signal) {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '' && value !== null && value !== undefined));
  return getJson(`/v1/sessions?${query}`, signal);
}

/** Opens a WebSocket of the service. */
export async function openSocket(path, query = {}) {
  const url = new URL(path, location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  for (const [name, value] of Object.entries(query)) for (const one of [value].flat()) url.searchParams.append(name, one);
  url.searchParams.set('access_token', await accessToken());
  return new WebSocket(url);
}
