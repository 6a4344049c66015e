// Hold, release and erase. They need an API key.

import { request, sessionPath } from '../lib/api.js';
import { isToken, serverNow } from '../lib/credentials.js';
import { h, tell } from '../lib/dom.js';

/** The buttons of a session; `onChange` reloads it, `onErased` shows the receipt. */
export function showRetention(session, onChange, onErased) {
  const id = session.session_id;
  const lock = { disabled: isToken(), title: isToken() ? 'Needs an API key' : '' };
  const hold = h('button', { type: 'button', ...lock, onclick: changeHold }, session.held ? 'Release' : 'Hold');
  const erase = h('button', { type: 'button', class: 'danger', ...lock, onclick: () => confirm(id, eraseNow) }, 'Erase');
  return [hold, erase];

  async function changeHold() {
    hold.disabled = true;
    try {
      await request(sessionPath(id, '/hold'), { method: session.held ? 'DELETE' : 'PUT', isKeyNeeded: true });
      tell(session.held ? 'Released.' : 'Held: it cannot be erased.');
      onChange();
    } catch (e) {
      tell(e.message, true);
      hold.disabled = false;
    }
  }

  async function eraseNow() {
    try {
      const answer = await request(sessionPath(id), { method: 'DELETE', isKeyNeeded: true });
      onErased(receipt(id, answer.headers.get('X-Request-Id')));
    } catch (e) {
      tell(e.message, true);
    }
  }
}

function confirm(id, onYes) {
  const typed = h('input', { autocomplete: 'off', spellcheck: false, oninput: () => { yes.disabled = typed.value !== id; } });
  const yes = h('button', { type: 'submit', class: 'danger', disabled: true }, 'Erase for good');
  const dialog = h('dialog', { aria: { labelledby: 'erase-title' }, onclose: () => dialog.remove() },
    h('form', { class: 'stack', onsubmit: event => { event.preventDefault(); dialog.close(); onYes(); } },
      h('h2', { id: 'erase-title' }, 'Erase this session?'),
      h('p', {}, 'Audio, text and manifests are removed and cannot be brought back. Only a record of who erased it and when remains.'),
      h('label', { class: 'field' }, h('span', {}, 'Type the session id ', h('code', {}, id)), typed),
      h('div', { class: 'row' }, h('span', { class: 'grow' }), h('button', { type: 'button', onclick: () => dialog.close() }, 'Keep it'), yes)));
  document.body.append(dialog);
  dialog.showModal();
  typed.focus();
}

const receipt = (id, requestId) => h('section', { class: 'panel', role: 'status', aria: { label: 'Receipt' }, data: { panel: 'receipt' } },
  h('h1', {}, 'Erased'),
  h('dl', { class: 'figures' }, ...[['Session', id], ['At', serverNow().toISOString()], ['Request', requestId ?? '–']]
    .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', { class: 'mono' }, value)))),
  h('p', { class: 'dim' }, 'The request id finds the audit records of the erasure.'),
  h('p', {}, h('a', { href: '#/archive' }, 'Back to the archive')));
