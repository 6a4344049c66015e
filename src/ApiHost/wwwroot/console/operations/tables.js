// The tables of the view Operations.

import { clock, h } from '../lib/dom.js';
import { showTrace } from '../lib/trace.js';

const BREAKERS = { closed: ['works', 'open'], half_open: ['partly', 'bad'], open: ['fails', 'bad'] };

export function showUpstreams(upstreams) {
  if (upstreams.length === 0) return h('p', { class: 'dim' }, 'No silo has reported an upstream yet.');
  return table('Upstreams', ['Upstream', 'Breaker', 'Sockets', 'Slots in use', 'Leases', 'Waiting', 'Fault'], upstreams.map(upstream => [
    upstream.name, pill(...BREAKERS[upstream.breaker]), upstream.sockets, upstream.slots_taken,
    upstream.max_contexts === null ? 'no limit' : `${upstream.leases_held} of ${upstream.max_contexts}`, upstream.leases_pending,
    Object.entries(upstream.faults).map(([host, fault]) => `${host}: ${fault}`).join('; ') || '–',
  ]));
}

export function showHosts(hosts) {
  return table('Hosts', ['Host', 'Roles', 'State', 'Contexts', 'Waiting for a slot', 'Archive waiting', 'Started', 'Dashboard'], hosts.map(host => [
    host.host, host.roles.join(', '), host.is_late ? pill('no report', 'bad') : host.ready ? pill('ready', 'open') : pill('not ready', 'bad'),
    host.contexts ?? '–', host.contexts_waiting ?? '–', host.archive?.segments_waiting ?? '–', clock(host.started_at),
    host.dashboard ? h('a', { href: host.dashboard, rel: 'noreferrer', target: '_blank' }, 'Orleans', h('span', { class: 'hidden-text' }, ` Dashboard of ${host.host}`)) : '–',
  ]));
}

export function showErrors(errors) {
  if (errors.length === 0) return h('p', { class: 'dim' }, 'None.');
  return table('Recent errors', ['At', 'Code', 'Status', 'Host', 'Request', 'Session', 'Context', 'Trace'], errors.map(error => [
    clock(error.at), error.error_code ?? '–', error.status, error.host, code(error.request_id),
    error.session_id ? h('a', { href: `#/archive/${encodeURIComponent(error.session_id)}` }, error.session_id) : '–', error.context_id ?? '–', error.trace_id ? showTrace(error.trace_id) : '–',
  ]));
}

const code = id => id ? h('code', {}, id) : '–';

const pill = (text, kind) => h('span', { class: `pill ${kind}` }, text);

const table = (label, columns, rows) => h('div', { class: 'scroll', tabIndex: 0, role: 'region', aria: { label: `${label}, table` } },
  h('table', {}, h('thead', {}, h('tr', {}, ...columns.map(name => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, ...rows.map(cells => h('tr', {}, ...cells.map(cell => h('td', {}, cell)))))));
