import { byId } from './dom.mjs';

const NAMES = { system: 'as the system has it', light: 'light', dark: 'dark' };
const NEXT = /** @type {const} */ ({ system: 'light', light: 'dark', dark: 'system' });

/** The button that goes through system, light and dark. */
export function setUpTheme() {
  const button = byId('theme');
  const root = document.documentElement;
  const current = () => /** @type {keyof typeof NEXT} */ (root.dataset.theme ?? 'system');
  const show = () => {
    const text = `Theme: ${NAMES[current()]}`;
    button.title = text;
    byId('theme-name').textContent = text;
  };
  button.addEventListener('click', () => {
    const theme = NEXT[current()];
    if (theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      localStorage.setItem('theme', theme);
    } catch {
      // Storage is switched off: the theme lasts as long as the page.
    }
    show();
  });
  show();
}
