// A trace id: a link into the trace viewer where the service has the address of one, else to copy.

import { getJson } from './api.js';
import { h, tell } from './dom.js';

const PLACEHOLDER = '{trace_id}';
let url = null, loading = null;

/** Asks the service for the address of its trace viewer, once. Call before showTrace. */
export function loadTraceUrl() {
  return loading ??= getJson('/console/settings').then(settings => { url = settings.trace_url; }).catch(() => { loading = null; });
}

/** Shows a trace id. */
export function showTrace(id) {
  const code = h('code', {}, id);
  if (url) return [h('a', { href: url.replaceAll(PLACEHOLDER, encodeURIComponent(id)), target: '_blank', rel: 'noopener noreferrer' }, code, h('span', { class: 'hidden-text' }, ' in the trace viewer'))];
  return [code, h('button', { type: 'button', onclick: () => navigator.clipboard.writeText(id).then(() => tell('Copied.'), () => tell('The browser does not let the page copy.', true)) },
    'Copy', h('span', { class: 'hidden-text' }, ' the trace id'))];
}
