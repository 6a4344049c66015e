// One session of the archive: recording, contexts, hold and erasure.

import { getBlob, getJson, sessionPath } from '../lib/api.js';
import { clock, duration, h, tell } from '../lib/dom.js';
import { showContext } from './context.js';
import { showRetention } from './retention.js';

export function showSession(container, id) {
  const ending = new AbortController();
  const urls = [];
  const body = h('div', { class: 'stack' }, h('p', { class: 'dim', role: 'status' }, 'Loading'));
  container.append(body);
  load();
  return () => {
    ending.abort();
    urls.forEach(URL.revokeObjectURL);
  };

  async function load() {
    try {
      const session = await getJson(sessionPath(id), ending.signal);
      body.replaceChildren(head(session), ...(session.contexts.length > 0 ? [contexts(session)] : []));
    } catch (e) {
      if (!ending.signal.aborted) body.replaceChildren(h('div', { class: 'panel empty', role: 'alert' },
        h('p', {}, e.status === 404 ? 'There is no such session, or it was erased.' : e.message), h('a', { href: '#/archive' }, 'Back to the archive')));
    }
  }

  function head(session) {
    const player = h('audio', { controls: true, hidden: true, aria: { label: 'Recording of the session' } });
    const play = h('button', { type: 'button', class: 'primary', onclick: () => fetchAudio(sessionPath(id, '/recording.wav'), player, play) }, 'Play the recording');
    const figures = [
      ['Started', clock(session.started_at)], ['Ended', clock(session.finished_at)], ['Contexts', session.totals.contexts], ['Segments', session.totals.segments],
      ['Audio', duration(session.totals.duration_ms)], ['Characters', session.totals.characters],
    ];
    return h('section', { class: 'panel', aria: { label: 'Session' } },
      h('p', {}, h('a', { href: '#/archive' }, '← Archive')),
      h('div', { class: 'row' }, h('h1', {}, id), session.ref && h('span', { class: 'pill' }, session.ref),
        h('span', { class: `pill ${session.state}` }, session.live ? `${session.state}, live` : session.state), session.held && h('span', { class: 'pill bad' }, 'held')),
      h('dl', { class: 'figures' }, ...figures.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
      h('div', { class: 'row' }, session.totals.segments > 0 && play, session.live && h('a', { href: `#/live/${encodeURIComponent(id)}` }, 'Listen in'),
        h('span', { class: 'grow' }), ...showRetention(session, load, receipt => body.replaceChildren(receipt))),
      player);
  }

  function contexts(session) {
    return h('section', { class: 'panel', aria: { label: 'Contexts' } }, h('h2', {}, 'Contexts'),
      ...session.contexts.map(context => showContext(id, context, ending.signal, fetchAudio)));
  }

  // The credential is a header, which an audio element cannot send: so the file is fetched whole.
  async function fetchAudio(path, player, button) {
    button.disabled = true;
    try {
      const url = URL.createObjectURL(await getBlob(path, ending.signal));
      urls.push(url);
      player.src = url;
      player.hidden = false;
      await player.play();
    } catch (e) {
      if (!ending.signal.aborted) tell(e.message, true);
    } finally {
      button.disabled = false;
    }
  }
}
