// Sets the theme before the first paint. A file of its own, because the
// Content-Security-Policy allows no inline scripts.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem('xray.theme');
  } catch {
    // Storage may be blocked; the system's theme then holds.
  }
  const dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
