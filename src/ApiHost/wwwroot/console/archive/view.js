// Archive: finds sessions by day, reference, state, words and length of text.

import { listSessions } from '../lib/api.js';
import { accessToken, serverNow } from '../lib/credentials.js';
import { clock, count, duration, field, h } from '../lib/dom.js';
import { showSession } from './session.js';

const PAGE = 100;
const COLUMNS = ['Session', 'Reference', 'Started', 'Ended', 'State', 'Contexts', 'Audio', 'Characters'];

// Left out on a phone.
const WIDE = new Set(['Reference', 'Ended', 'Contexts', 'Characters']);

export function showArchive(container, [session]) {
  if (session) return showSession(container, session);

  const fields = {
    day: h('input', { type: 'date' }),
    ref: h('input', { type: 'search', placeholder: 'Exact' }),
    live: select(['', 'all'], ['true', 'live'], ['false', 'not live']),
    state: select(['', 'all'], ['open', 'open'], ['finished', 'finished']),
    text: h('input', { type: 'search', placeholder: 'All of these' }),
    min_characters: h('input', { type: 'number', min: '0', step: '1', class: 'short' }),
    max_characters: h('input', { type: 'number', min: '0', step: '1', class: 'short' }),
  };
  const rows = h('tbody');
  const error = h('p', { class: 'error', role: 'alert' });
  const total = h('span', { class: 'dim', role: 'status' });
  const more = h('button', { type: 'button', hidden: true, onclick: () => load(after) }, 'More');
  let after = '', loading = null, isGone = false;

  container.append(h('div', { class: 'stack' },
    h('form', { class: 'row', onsubmit: event => { event.preventDefault(); load(''); }, onchange: () => load('') },
      h('h1', {}, 'Archive'), total, h('span', { class: 'grow' }),
      field('Day (UTC)', fields.day), field('Reference', fields.ref), field('Live', fields.live), field('State', fields.state),
      field('Words', fields.text), field('Characters from', fields.min_characters), field('to', fields.max_characters), h('button', { type: 'submit' }, 'Find')),
    error,
    h('div', { class: 'panel' }, h('div', { class: 'scroll', tabIndex: 0, role: 'region', aria: { label: 'Sessions' } },
      h('table', {}, h('thead', {}, h('tr', {}, ...COLUMNS.map(name => h('th', { scope: 'col', class: WIDE.has(name) ? 'wide' : null }, name)))), rows)), more)));
  // A token is made first: with it comes the time of the service.
  accessToken().catch(() => {}).then(() => {
    fields.day.value = serverNow().toISOString().slice(0, 10);
    load('');
  });

  async function load(from) {
    if (isGone) return;
    loading?.abort();
    const mine = loading = new AbortController();
    const filter = Object.fromEntries(Object.entries(fields).map(([name, input]) => [name, input.value.trim()]));
    try {
      const { data, next } = await listSessions({ ...filter, limit: PAGE, after: from }, mine.signal);
      if (mine.signal.aborted) return;
      error.textContent = '';
      if (from === '') rows.replaceChildren();
      rows.append(...data.map(row));
      after = next;
      more.hidden = next === null;
      if (rows.children.length === 0 && next !== null) return load(next);
      total.textContent = next === null ? count(rows.children.length, 'session') : `${rows.children.length} sessions, and more`;
    } catch (e) {
      if (!mine.signal.aborted) error.textContent = e.message;
    }
  }

  return () => {
    isGone = true;
    loading?.abort();
  };
}

const select = (...options) => h('select', {}, ...options.map(([value, text]) => h('option', { value }, text)));

const row = one => h('tr', {},
  h('td', {}, h('a', { href: `#/archive/${encodeURIComponent(one.session_id)}` }, one.session_id)),
  h('td', { class: 'wide' }, one.ref ?? '–'),
  h('td', {}, clock(one.started_at)),
  h('td', { class: 'wide' }, clock(one.finished_at)),
  h('td', {}, h('span', { class: `pill ${one.state}` }, one.live ? `${one.state}, live` : one.state)),
  h('td', { class: 'wide' }, one.totals.contexts),
  h('td', {}, duration(one.totals.duration_ms)),
  h('td', { class: 'wide' }, one.totals.characters));
