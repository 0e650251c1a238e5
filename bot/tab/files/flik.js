// Follows the theme of the Teams client, and signs in with its account. Everything else on the pages works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const show = (theme) => {
    if (!["default", "dark", "contrast"].includes(theme)) return;
    root.dataset.theme = theme;
    try { sessionStorage.setItem("theme", theme); } catch { /* not kept from page to page, then */ }
  };
  try { show(sessionStorage.getItem("theme")); } catch { /* asked of Teams below */ }

  const begun = (async () => {
    const teams = window.microsoftTeams;
    await teams.app.initialize();
    teams.app.registerOnThemeChangeHandler(show);
    show((await teams.app.getContext()).app.theme);
    return teams;
  })();

  const signIn = async (place) => {
    const teams = await begun;
    const token = await teams.authentication.getAuthToken();
    const answer = await fetch(place.dataset.signIn, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error("not signed in");
    if (place.dataset.next) location.replace(place.dataset.next);
    else document.getElementById("asked").submit();
  };

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("signing-in");
    if (!place) { begun.catch(() => {}); return; }
    signIn(place).catch(() => {
      place.hidden = true;
      document.getElementById("not-signed-in").hidden = false;
    });
    document.getElementById("try-again").addEventListener("click", () => {
      document.getElementById("not-signed-in").hidden = true;
      place.hidden = false;
      signIn(place).catch(() => {
        place.hidden = true;
        document.getElementById("not-signed-in").hidden = false;
      });
    });
  });
})();
