import { signIn } from './lib/credentials.js';
import { field, h } from './lib/dom.js';

/** Asks for a key; calls `onDone` when the service knows it. `reason` says why it is asked for again. */
export function showSignIn(container, onDone, reason) {
  const key = h('input', { type: 'password', name: 'key', autocomplete: 'off', required: true, spellcheck: false });
  const error = h('p', { class: 'error', role: 'alert' }, reason);
  const submit = h('button', { class: 'primary', type: 'submit' }, 'Sign in');
  const form = h('form', {
    class: 'panel sign-in',
    async onsubmit(event) {
      event.preventDefault();
      submit.disabled = true;
      error.textContent = '';
      try {
        await signIn(key.value.trim());
        onDone();
      } catch (e) {
        error.textContent = e instanceof TypeError ? 'The service cannot be reached.' : e.message;
        submit.disabled = false;
        key.focus();
      }
    },
  },
  h('h1', {}, 'Sign in'),
  h('p', { class: 'dim' }, 'With an API key or an access token. It stays in this tab and is never part of a URL. A service that was started without settings in development has the key “demo”.'),
  field('API key', key), error, submit);
  container.append(form);
  key.focus();
}
