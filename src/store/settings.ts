// Settings of the page that outlive it; only the theme. Everything about a run is in the URL or in the run itself.

export type Theme = "system" | "light" | "dark";

const KEY = "proximal.theme";

export function storedTheme(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Private windows may refuse storage: the theme then lasts as long as the page.
  }
  window.dispatchEvent(new Event("themechange"));
}
