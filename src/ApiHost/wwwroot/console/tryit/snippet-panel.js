import { h, tell } from '../lib/dom.js';
import { SNIPPETS } from './snippets.js';

/** A panel with the request as code in several languages, to copy; `refresh` shows changed settings. */
export function showSnippets(settings) {
  const code = h('pre', { tabIndex: 0, role: 'region', aria: { label: 'Code' } });
  const buttons = Object.keys(SNIPPETS).map(name => h('button', { type: 'button', class: 'tab', aria: { pressed: 'false' }, onclick: () => pick(name) }, name));
  let picked = null;

  function pick(name) {
    picked = name;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.textContent === name));
    code.textContent = SNIPPETS[name](settings());
  }

  async function copy() {
    pick(picked);
    try {
      await navigator.clipboard.writeText(code.textContent);
      tell('Copied.');
    } catch {
      getSelection().selectAllChildren(code);
      tell('This browser does not let the page copy; the code is selected.');
    }
  }

  const panel = h('section', { class: 'panel', aria: { label: 'As code' } },
    h('div', { class: 'row' }, h('h2', {}, 'As code'), h('span', { class: 'grow' }), ...buttons, h('button', { type: 'button', onclick: copy }, 'Copy')), code);
  pick('JavaScript');
  return { element: panel, refresh: () => pick(picked) };
}
