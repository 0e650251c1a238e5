// Follows the theme of the Teams client, and signs in with its account. Everything else on the pages works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const show = (theme) => {
    if (!["default", "dark", "contrast"].includes(theme)) return;
    root.dataset.theme = theme;
    try { sessionStorage.setItem("theme", theme); } catch { /* then it is not remembered between pages */ }
  };
  try { show(sessionStorage.getItem("theme")); } catch { /* Teams is asked below */ }

  const begun = (async () => {
    const teams = window.microsoftTeams;
    await teams.app.initialize();
    teams.app.registerOnThemeChangeHandler(show);
    const context = await teams.app.getContext();
    show(context.app.theme);
    return { teams, account: context.user?.id ?? "" };
  })();

  const asked = async () => (await begun).teams.authentication.getAuthToken();

  const begin = async (address, token) => {
    const answer = await fetch(address, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error("not signed in");
  };

  const signIn = async (place) => {
    await begin(place.dataset.signIn, await asked());
    if (place.dataset.next) location.replace(place.dataset.next);
    else document.getElementById("asked").submit();
  };

  // On a shared computer, the session may be that of whoever had Teams open before.
  const compare = async () => {
    const { who, signIn: address, notSignedIn } = document.body.dataset;
    const { account } = await begun;
    if (!who || !account || account.toLowerCase() === who) return;
    const main = document.querySelector("main");
    main.hidden = true;
    try {
      const token = await asked();
      // For a guest, the client may give another id than the token; the token's is the one that counts.
      const claims = JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
      if (String(claims.oid).toLowerCase() !== who) {
        await begin(address, token);
        location.replace(location.pathname);
        return;
      }
    } catch {
      main.textContent = notSignedIn;
    }
    main.hidden = false;
  };

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("signing-in");
    if (!place) { compare().catch(() => {}); return; }
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
