// Live: the sessions that are going on, as they speak.

import { field, h } from '../lib/dom.js';
import { Card } from './card.js';
import { Grid } from './grid.js';
import { showListenPanel } from './listen-panel.js';
import { LiveSessions } from './sessions.js';

const POLL_MS = 2000;

export function showLive(container, [session]) {
  const cards = new Map();
  const sessions = new LiveSessions();
  const grid = new Grid();
  const search = h('input', { type: 'search', placeholder: 'Session or reference', oninput: filter });
  const reference = h('input', { type: 'search', placeholder: 'Exact reference', onchange: ask });
  const state = h('select', { onchange: ask }, h('option', { value: '' }, 'all'), h('option', { value: 'open' }, 'speaking'), h('option', { value: 'finished' }, 'waiting'));
  const count = h('span', { class: 'dim', role: 'status' });
  const error = h('p', { class: 'error', role: 'alert' });
  const empty = h('div', { class: 'panel empty', hidden: true }, h('p', {}, 'No live sessions.'), h('p', {}, h('a', { href: '#/try' }, 'Speak something'), ' and it appears here.'));
  const panel = session ? showListenPanel(session) : null;
  let timer = 0, frameRequest = 0, turn = 0, isGone = false, polling = null;

  container.append(h('div', { class: 'stack' }, panel?.element ?? '',
    h('div', { class: 'row' }, h('h1', {}, 'Live'), count, h('span', { class: 'grow' }), field('Search', search), field('Reference', reference), field('State', state)),
    error, empty, grid.element));

  poll();
  frameRequest = requestAnimationFrame(draw);

  function ask() {
    sessions.clear();
    poll();
  }

  async function poll() {
    clearTimeout(timer);
    polling?.abort();
    const mine = polling = new AbortController();
    try {
      const found = await sessions.load({ ref: reference.value.trim(), state: state.value }, mine.signal);
      if (isGone || mine.signal.aborted) return;
      error.textContent = '';
      show(found);
    } catch (e) {
      if (isGone || mine.signal.aborted) return;
      error.textContent = e instanceof TypeError ? 'The service cannot be reached; trying again.' : e.message;
    }
    timer = setTimeout(poll, POLL_MS);
  }

  function show(found) {
    const before = new Map(cards);
    cards.clear();
    for (const one of found) {
      const card = before.get(one.session_id) ?? new Card(one);
      card.update(one);
      cards.set(one.session_id, card);
    }
    filter();
  }

  function filter() {
    const text = search.value.trim().toLowerCase();
    const shown = [...cards.values()].filter(card => card.matches(text));
    grid.cards = shown;
    count.textContent = sessions.isCut ? `${shown.length} shown, the newest ${cards.size}` : `${shown.length} of ${cards.size}`;
    empty.hidden = cards.size > 0;
  }

  // Every other card in each frame: thirty pictures a second are fluid, and half the work.
  function draw(now) {
    grid.update();
    const drawn = [...grid.shown].filter((_, i) => (i + turn) % 2 === 0);
    turn++;
    for (const card of drawn) card.draw(now);
    for (const card of drawn) card.measure();
    for (const card of drawn) card.scroll();
    frameRequest = requestAnimationFrame(draw);
  }

  return () => {
    isGone = true;
    clearTimeout(timer);
    polling?.abort();
    cancelAnimationFrame(frameRequest);
    grid.close();
    panel?.close();
  };
}
