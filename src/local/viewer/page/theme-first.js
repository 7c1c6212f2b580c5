// Runs before the page is drawn, so that a chosen theme does not begin with a flash of the other.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the theme is the system's.
}
