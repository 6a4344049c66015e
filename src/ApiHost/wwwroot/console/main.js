import { showArchive } from './archive/view.js';
import { credential, signOut } from './lib/credentials.js';
import { h } from './lib/dom.js';
import { start } from './lib/router.js';
import { bindTheme } from './lib/theme.js';
import { showLive } from './live/view.js';
import { showOperations } from './operations/view.js';
import { showSignIn } from './sign-in.js';
import { showTryIt } from './tryit/view.js';

const views = {
  try: { title: 'Try it', show: showTryIt },
  live: { title: 'Live', show: showLive },
  archive: { title: 'Archive', show: showArchive },
  operations: { title: 'Operations', show: showOperations },
};

const main = document.getElementById('main');
const nav = document.getElementById('nav');
const leave = document.getElementById('sign-out');
let stop = null;

nav.append(...Object.entries(views).map(([name, view]) => h('a', { href: `#/${name}`, data: { view: name } }, view.title)));
bindTheme(document.getElementById('theme'));
document.querySelector('.skip').addEventListener('click', event => { event.preventDefault(); main.focus(); });
leave.addEventListener('click', () => { signOut(); enter(); });
window.addEventListener('credentialrefused', () => {
  if (credential() === null) return;
  signOut();
  enter('The service no longer takes this key: it was revoked or has expired. Sign in with another one.');
});
enter();

function enter(reason = '') {
  stop?.();
  stop = null;
  const isSignedIn = credential() !== null;
  nav.hidden = leave.hidden = !isSignedIn;
  main.replaceChildren();
  if (!isSignedIn) return showSignIn(main, () => enter(), reason);
  stop = start(main, views, name => {
    document.title = `${views[name].title} · TtsGrains console`;
    for (const link of nav.children) {
      if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
  });
}
