// A context of the archive: its timeline, text, segments and manifest.

import { getBlob, getJson, sessionPath } from '../lib/api.js';
import { clock, duration, h, tell } from '../lib/dom.js';
import { loadTraceUrl, showTrace } from '../lib/trace.js';
import { showPauses, showSeams } from './events.js';
import { drawTimeline } from './timeline.js';

/** Shows a context; its manifest is read when the context has one. */
export function showContext(session, context, signal, fetchAudio) {
  const path = rest => sessionPath(session, `/contexts/${context.ordinal}${rest}`);
  const detail = h('div', { class: 'stack' });
  const player = h('audio', { controls: true, hidden: true, aria: { label: `Audio of context ${context.ordinal}` } });
  const element = h('article', { class: 'context', data: { context: context.context_id } },
    h('div', { class: 'row' }, h('h3', {}, `${context.ordinal}. ${context.context_id ?? '–'}`),
      h('span', { class: `pill ${context.outcome === 'error' ? 'bad' : context.state}` }, context.outcome ?? context.state),
      h('span', { class: 'dim' }, `${duration(context.duration_ms)} · ${context.characters} characters`)),
    detail, segments(), player);
  if (context.archived) load();
  return element;

  async function load() {
    try {
      const [manifest] = await Promise.all([getJson(path('/manifest'), signal), loadTraceUrl()]);
      detail.append(...describe(manifest));
    } catch (e) {
      if (!signal.aborted) detail.append(h('p', { class: 'error', role: 'alert' }, e.message));
    }
  }

  function segments() {
    if (context.segments.length === 0) return h('p', { class: 'dim' }, 'No segments.');
    return h('div', { class: 'scroll' }, h('table', {},
      h('thead', {}, h('tr', {}, ...['Segment', 'Ended by', 'Audio', 'SHA-256', 'File'].map(name => h('th', { scope: 'col', class: name === 'SHA-256' ? 'wide' : null }, name)))),
      h('tbody', {}, ...context.segments.map(segment => h('tr', {},
        h('td', {}, segment.flush_id), h('td', {}, segment.ending ?? '–'), h('td', {}, segment.duration_ms === null ? '–' : duration(segment.duration_ms)),
        h('td', { class: 'mono wide', title: segment.sha256 ?? '' }, segment.sha256?.slice(0, 12) ?? '–'),
        h('td', {}, segment.has_audio ? files(segment) : 'none'))))));
  }

  function files(segment) {
    const file = path(`/segments/${segment.flush_id}.wav`);
    const play = h('button', { type: 'button', aria: { label: `Play segment ${segment.flush_id}` }, onclick: () => fetchAudio(file, player, play) }, 'Play');
    const save = h('button', { type: 'button', aria: { label: `Download segment ${segment.flush_id}` }, onclick: () => download(file, `${session}-${context.ordinal}-${segment.flush_id}.wav`) }, 'Download');
    return h('div', { class: 'row pair' }, play, save);
  }

  function describe(manifest) {
    const end = manifest.interrupt
      ? `cancelled after ${duration(manifest.interrupt.delivered_ms)} delivered${manifest.interrupt.last_word ? `, behind “${manifest.interrupt.last_word.word}”` : ''}`
      : manifest.outcome;
    const parts = [
      drawTimeline(manifest),
      h('p', {}, manifest.text),
      h('p', { class: 'dim' }, [
        `${clock(manifest.started_at)} to ${clock(manifest.finished_at)}`, `upstream ${manifest.upstream ?? '–'}`, `voice ${manifest.voice_id}`,
        `${manifest.output_format.encoding} ${manifest.output_format.sample_rate} Hz`, `end: ${end}`,
      ].join(' · ')),
      manifest.trace_id && h('div', { class: 'row' }, h('span', { class: 'dim' }, 'Trace'), ...showTrace(manifest.trace_id)),
      ...showSeams(manifest, seam => getBlob(path(`/segments/${seam.flush_id}.wav`), signal), player),
      ...showPauses(manifest),
      h('details', {}, h('summary', {}, 'Manifest'), h('pre', { tabIndex: 0, role: 'region', aria: { label: 'Manifest' } }, JSON.stringify(manifest, null, 2))),
    ];
    return parts.filter(part => part);
  }

  async function download(file, name) {
    try {
      const url = URL.createObjectURL(await getBlob(file, signal));
      h('a', { href: url, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    } catch (e) {
      if (!signal.aborted) tell(e.message, true);
    }
  }
}
