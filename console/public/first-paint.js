// Before the first paint: the theme that was chosen here, so that nothing flashes. A file of its own, since the page's
// policy allows no inline scripts.
try {
  const { theme } = JSON.parse(localStorage.getItem('baton.preferences') ?? '{}');
  if (theme === 'light' || theme === 'dark' || theme === 'contrast')
    document.documentElement.dataset.theme = theme;
} catch {
  // No storage, or not ours: the system's theme.
}
