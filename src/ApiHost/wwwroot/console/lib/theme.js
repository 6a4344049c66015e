// Light and dark: as the system says, until the user picks one.

const NAMES = ['auto', 'light', 'dark'];
const NAME = 'tts.theme';

export function bindTheme(button) {
  const show = name => {
    document.documentElement.dataset.theme = name;
    button.textContent = `Theme: ${name}`;
    window.dispatchEvent(new Event('themechange'));
  };
  button.addEventListener('click', () => {
    const next = NAMES[(NAMES.indexOf(document.documentElement.dataset.theme) + 1) % NAMES.length];
    localStorage.setItem(NAME, next);
    show(next);
  });
  show(NAMES.includes(localStorage.getItem(NAME)) ? localStorage.getItem(NAME) : 'auto');
}
