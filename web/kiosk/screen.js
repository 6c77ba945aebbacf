/**
 * The kiosk's screen: full, awake, without a cursor, and without the gestures of a browser.
 * Imports nothing.
 */

const CURSOR_MS = 3_000;
/** What would zoom, print, search, save, reload, open the tools or leave the page, with control. */
const SHORTCUTS = new Set(["+", "-", "=", "0", "p", "f", "s", "o", "u", "g"]);

/** Asks for the whole screen; needs a touch that just happened. */
export function fillScreen() {
  if (document.fullscreenElement || !document.fullscreenEnabled) return;
  document.documentElement.requestFullscreen({ navigationUI: "hide" }).catch(() => undefined);
}

/** Keeps the screen on, as long as the page is visible. */
export function stayAwake() {
  const ask = () => {
    if (document.visibilityState === "visible") {
      navigator.wakeLock?.request("screen").catch(() => undefined);
    }
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** Hides the cursor while it does not move. */
export function hideCursor() {
  const { classList } = document.documentElement;
  let timer = setTimeout(() => undefined, 0);
  const moved = (/** @type {PointerEvent} */ event) => {
    clearTimeout(timer);
    if (event.pointerType !== "mouse") {
      classList.add("no-cursor");
      return;
    }
    classList.remove("no-cursor");
    timer = setTimeout(() => classList.add("no-cursor"), CURSOR_MS);
  };
  document.addEventListener("pointermove", moved, { passive: true });
  document.addEventListener("pointerdown", moved, { passive: true });
}

/** Takes away what belongs to a browser: menu, dragging, zoom. */
export function lockGestures() {
  const refuse = (/** @type {Event} */ event) => event.preventDefault();
  for (const type of ["contextmenu", "dragstart", "gesturestart", "gesturechange"]) {
    document.addEventListener(type, refuse);
  }
  document.addEventListener("wheel", (event) => event.ctrlKey && event.preventDefault(), {
    passive: false,
  });
  document.addEventListener("touchmove", (event) => event.touches.length > 1 && refuse(event), {
    passive: false,
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && SHORTCUTS.has(event.key.toLowerCase())) refuse(event);
  });
}
