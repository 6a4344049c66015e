// Live: the sessions that are going on, as they speak.

import { listSessions } from '../lib/api.js';
import { field, h } from '../lib/dom.js';
import { Card } from './card.js';
import { showListenPanel } from './listen-panel.js';

const POLL_MS = 2000;
const PAGE = 1000;
const MOST_PAGES = 10;

export function showLive(container, [session]) {
  const cards = new Map();
  const visible = new Set();
  const search = h('input', { type: 'search', placeholder: 'Session or reference', oninput: filter });
  const reference = h('input', { type: 'search', placeholder: 'Exact reference', onchange: poll });
  const state = h('select', { onchange: poll }, h('option', { value: '' }, 'all'), h('option', { value: 'open' }, 'speaking'), h('option', { value: 'finished' }, 'waiting'));
  const count = h('span', { class: 'dim', role: 'status' });
  const error = h('p', { class: 'error', role: 'alert' });
  const empty = h('div', { class: 'panel empty', hidden: true }, h('p', {}, 'No live sessions.'), h('p', {}, h('a', { href: '#/try' }, 'Speak something'), ' and it appears here.'));
  const wall = h('div', { class: 'cards' });
  const panel = session ? showListenPanel(session) : null;
  let timer = 0, frameRequest = 0, isGone = false, polling = null;

  container.append(h('div', { class: 'stack' }, panel?.element ?? '',
    h('div', { class: 'row' }, h('h1', {}, 'Live'), count, h('span', { class: 'grow' }), field('Search', search), field('Reference', reference), field('State', state)),
    error, empty, wall));

  const observer = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      const card = cards.get(target.dataset.session);
      if (!card) continue;
      if (isIntersecting) { visible.add(card); card.show(); } else { visible.delete(card); card.hide(); }
    }
  }, { rootMargin: '80px' });

  poll();
  frameRequest = requestAnimationFrame(draw);

  async function poll() {
    clearTimeout(timer);
    polling?.abort();
    const mine = polling = new AbortController();
    try {
      const sessions = await load(mine.signal);
      if (isGone || mine.signal.aborted) return;
      error.textContent = '';
      show(sessions);
    } catch (e) {
      if (isGone || mine.signal.aborted) return;
      error.textContent = e instanceof TypeError ? 'The service cannot be reached; trying again.' : e.message;
    }
    timer = setTimeout(poll, POLL_MS);
  }

  async function load(signal) {
    const sessions = [];
    let after = '';
    for (let page = 0; page < MOST_PAGES; page++) {
      const { data, next } = await listSessions({ live: 'true', limit: PAGE, ref: reference.value.trim(), state: state.value, after }, signal);
      sessions.push(...data);
      if (next === null || sessions.length >= PAGE) break;
      after = next;
    }
    return sessions.slice(0, PAGE);
  }

  function show(sessions) {
    const ids = new Set(sessions.map(one => one.session_id));
    for (const [id, card] of cards) if (!ids.has(id)) remove(id, card);
    // The newest is first: what is new goes in front of the card that follows it.
    let next = null;
    for (const one of sessions.toReversed()) {
      let card = cards.get(one.session_id);
      if (card) card.update(one);
      else {
        card = new Card(one);
        cards.set(one.session_id, card);
        wall.insertBefore(card.element, next);
        observer.observe(card.element);
      }
      next = card.element;
    }
    filter();
  }

  function remove(id, card) {
    observer.unobserve(card.element);
    visible.delete(card);
    card.hide();
    card.element.remove();
    cards.delete(id);
  }

  function filter() {
    const text = search.value.trim().toLowerCase();
    let shown = 0;
    for (const [id, card] of cards) {
      card.element.hidden = text !== '' && !id.toLowerCase().includes(text) && !(card.session.ref ?? '').toLowerCase().includes(text);
      if (!card.element.hidden) shown++;
    }
    count.textContent = cards.size >= PAGE ? `${shown} shown, the newest ${PAGE}` : `${shown} of ${cards.size}`;
    empty.hidden = cards.size > 0;
  }

  function draw(now) {
    for (const card of visible) card.draw(now);
    for (const card of visible) card.measure();
    for (const card of visible) card.scroll();
    frameRequest = requestAnimationFrame(draw);
  }

  return () => {
    isGone = true;
    clearTimeout(timer);
    polling?.abort();
    cancelAnimationFrame(frameRequest);
    observer.disconnect();
    for (const card of cards.values()) card.hide();
    panel?.close();
  };
}
