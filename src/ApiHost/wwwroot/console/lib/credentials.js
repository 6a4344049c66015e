// The API key stays in this tab (sessionStorage). URLs of sockets carry a short-lived access token instead.

const KEY = 'tts.key';
const LIFE_SECONDS = 3600;
const RENEW_BEFORE_MS = 5 * 60_000;
const GRANTS = { tts: true, listen: true, archive: true };

let token = null;
let expires = 0;
let renewal = null;
let skew = 0;

/** The key, or the access token that the user signed in with; null when signed out. */
export const credential = () => sessionStorage.getItem(KEY);

/** True if the user signed in with an access token: it cannot make tokens, hold or erase. */
export const isToken = () => credential() !== null && token === credential();

/** Signs in. Throws an Error with the service's reason when the credential is refused. */
export async function signIn(key) {
  const made = await createToken(key);
  sessionStorage.setItem(KEY, key);
  keep(made ?? key, made === null);
}

export function signOut() {
  sessionStorage.removeItem(KEY);
  token = null;
  expires = 0;
}

/** An access token that is valid for some minutes more. */
export async function accessToken() {
  if (token !== null && performance.now() < expires - RENEW_BEFORE_MS) return token;
  renewal ??= createToken(credential()).then(made => keep(made ?? credential(), made === null)).finally(() => { renewal = null; });
  await renewal;
  return token;
}

/** The service refused a token. Returns true if the key may make another one: the computer may have slept over the end of the token. */
export function dropToken(refused) {
  if (isToken()) return false;
  if (token === refused) expires = 0;
  return true;
}

/** The service no longer takes the credential: tells the page, which asks for another one. */
export function refuseCredential() { window.dispatchEvent(new Event('credentialrefused')); }

/** The time by the service's clock: that of the computer may be wrong. */
export const serverNow = () => new Date(Date.now() + skew);

// By a clock that does not jump when the computer's is set.
function keep(made, isForeign) {
  token = made;
  expires = isForeign ? Infinity : performance.now() + LIFE_SECONDS * 1000;
}

// Null if the credential is itself a token: only keys make tokens.
async function createToken(key) {
  const answer = await fetch('/access-token', {
    method: 'POST',
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json', 'Cartesia-Version': '2026-08-14' },
    body: JSON.stringify({ grants: GRANTS, expires_in: LIFE_SECONDS }),
  });
  const at = Date.parse(answer.headers.get('Date'));
  if (at) skew = at - Date.now();
  if (answer.status === 403) return null;
  if (answer.status === 401) {
    if (credential() === key) refuseCredential();
    throw new Error('The service does not know this key.');
  }
  if (!answer.ok) throw new Error(`The service answered ${answer.status}.`);
  return (await answer.json()).token;
}
