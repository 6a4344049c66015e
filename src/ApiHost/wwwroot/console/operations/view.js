// Operations: upstreams, hosts, archive backlog, recent errors, and what the tenant has open. Needs an API key with the scope admin.

import { request } from '../lib/api.js';
import { isToken } from '../lib/credentials.js';
import { clock, h } from '../lib/dom.js';
import { loadTraceUrl } from '../lib/trace.js';
import { showErrors, showHosts, showUpstreams } from './tables.js';
import { Plot } from './plot.js';

const POLL_MS = 2000;

export function showOperations(container) {
  const plots = [
    new Plot('Open contexts', data => [data.open.contexts, data.limits.max_open_contexts]),
    new Plot('Client sockets', data => [data.open.sockets, data.limits.max_sockets]),
    new Plot('Listeners', data => [data.open.listeners, data.limits.max_listeners]),
  ];
  const archive = h('dl', { class: 'figures' });
  const sections = [
    section(h('div', {}), data => data.upstreams, showUpstreams),
    section(h('div', {}), data => data.hosts.map(({ seconds_since_report, ...host }) => ({ ...host, is_late: seconds_since_report > 3 * POLL_MS / 1000 })), showHosts),
    section(h('div', {}), data => data.errors, showErrors),
    section(archive, data => data.archive, showArchive),
  ];
  const at = h('span', { class: 'dim' });
  const error = h('p', { class: 'error', role: 'alert' });
  const body = h('div', { class: 'stack', hidden: true },
    panel('Upstreams', sections[0].element), panel('Hosts', sections[1].element),
    h('div', { class: 'columns even' },
      panel('In use by this tenant', h('p', { class: 'dim' }, 'Of all hosts, since the page was opened. Limits of sockets and listeners count for each host.'), ...plots.map(plot => plot.element)),
      panel('Archive backlog', archive)),
    panel('Recent errors of this tenant', sections[2].element));
  let timer = 0, isGone = false, polling = null;

  container.append(h('div', { class: 'stack' }, h('div', { class: 'row' }, h('h1', {}, 'Operations'), at), error, body));
  if (isToken()) error.textContent = 'This view needs an API key with the scope admin; you signed in with an access token.';
  else poll();

  async function poll() {
    const mine = polling = new AbortController();
    try {
      const [answer] = await Promise.all([request('/v1/operations', { isKeyNeeded: true, signal: mine.signal }), loadTraceUrl()]);
      const data = await answer.json();
      if (isGone) return;
      error.textContent = '';
      body.hidden = false;
      at.textContent = `${data.tenant} · ${clock(data.at)}`;
      for (const one of [...sections, ...plots]) one.update(data);
    } catch (e) {
      if (isGone) return;
      error.textContent = e instanceof TypeError ? 'The service cannot be reached; trying again.' : e.message;
      if (e.status === 401 || e.status === 403) return;
    }
    timer = setTimeout(poll, POLL_MS);
  }

  return () => {
    isGone = true;
    clearTimeout(timer);
    polling?.abort();
  };
}

const panel = (title, ...children) => h('section', { class: 'panel', aria: { label: title } }, h('h2', {}, title), ...children);

// What has not changed stays as it is, so that a focused link keeps the focus.
function section(element, select, render) {
  let shown = null;
  return {
    element,
    update(data) {
      const part = select(data);
      const text = JSON.stringify(part);
      if (text === shown) return;
      shown = text;
      element.replaceChildren(...[render(part)].flat());
    },
  };
}

function showArchive(archive) {
  const figures = [
    ['Segments waiting', archive.segments_waiting], ['Oldest', `${archive.oldest_seconds} s`], ['In the spool', bytes(archive.spool_bytes)],
    ['In memory', bytes(archive.bytes_waiting)], ['Segments lost', archive.segments_lost], ['Store', archive.store_failing ? 'failing' : 'works'],
  ];
  return figures.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', { class: (name === 'Store' && archive.store_failing) || (name === 'Segments lost' && value > 0) ? 'error' : null }, value)));
}

function bytes(count) {
  const [unit, size] = count >= 1e9 ? ['GB', 1e9] : count >= 1e6 ? ['MB', 1e6] : ['kB', 1e3];
  return `${(count / size).toFixed(1)} ${unit}`;
}
