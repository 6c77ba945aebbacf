/** The kiosk notices what is wrong and mends it, on a clock that the test moves. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { reloadWait, Watchdog } from "../kiosk/watchdog.js";

/** @param {{mayReloadAt?: number}} [options] */
function watched({ mayReloadAt = 0 } = {}) {
  let time = 1_000;
  const dog = new Watchdog(() => time, mayReloadAt);
  /**
   * Ticks a quarter of a second at a time, as the page does.
   * @param {number} ms
   * @param {() => void} [each]
   * @returns {string[]} what was to be done
   */
  const pass = (ms, each = () => undefined) => {
    const done = [];
    for (const end = time + ms; time < end;) {
      time += 250;
      each();
      const remedy = dog.tick();
      if (remedy !== "none") done.push(remedy);
    }
    return done;
  };
  /** @param {number} ms in which the device, and with it the page, stands still */
  const sleep = (ms) => {
    time += ms;
  };
  return { dog, pass, sleep };
}

/** @param {Parameters<typeof watched>[0]} [options] */
function working(options) {
  const made = watched(options);
  const { dog } = made;
  dog.begin();
  assert.equal(dog.tick(), "start");
  dog.connection("connecting", "");
  dog.connection("connected", "");
  dog.frame();
  assert.equal(dog.works, true);
  return made;
}

test("a start is done once, and getting ready is what is said meanwhile", () => {
  const { dog, pass } = watched();
  assert.deepEqual(pass(5_000), []);
  dog.begin();
  assert.equal(dog.trouble, "starting");
  assert.deepEqual(pass(1_000), ["start"]);
  dog.connection("connecting", "");
  dog.connection("connected", "");
  assert.equal(dog.trouble, "starting");
  dog.frame();
  assert.equal(dog.trouble, null);
});

test("frames mean that all is well, whatever the heartbeat says", () => {
  const { dog, pass } = working();
  dog.online(false);
  const done = pass(60_000, () => {
    dog.frame();
    dog.health("none");
  });
  assert.deepEqual(done, []);
  assert.equal(dog.trouble, null);
});

test("a face that stands still for five seconds gets a new session", () => {
  const { dog, pass } = working();
  pass(3_000, () => dog.frame());
  assert.deepEqual(
    pass(4_750, () => dog.health("ok")),
    [],
  );
  assert.equal(dog.trouble, null);
  assert.deepEqual(
    pass(750, () => dog.health("ok")),
    ["restart"],
  );
  assert.notEqual(dog.trouble, null);
});

test("a hidden page and a device that slept miss no frames", () => {
  const hidden = working();
  hidden.dog.visible(false);
  assert.deepEqual(
    hidden.pass(60_000, () => hidden.dog.health("ok")),
    [],
  );
  hidden.dog.visible(true);
  assert.deepEqual(
    hidden.pass(4_000, () => hidden.dog.health("ok")),
    [],
  );
  const slept = working();
  slept.sleep(600_000);
  slept.dog.health("ok");
  assert.deepEqual(slept.pass(4_000), []);
});

test("sound alone has no frames to miss", () => {
  const { dog, pass } = working();
  dog.pictures(false);
  assert.equal(dog.works, true);
  assert.deepEqual(
    pass(60_000, () => dog.health("ok")),
    [],
  );
  dog.pictures(true);
  assert.deepEqual(
    pass(16_000, () => dog.health("ok")),
    ["restart"],
  );
});

test("nobody starts a session with a server that does not answer", () => {
  const { dog, pass } = working();
  assert.deepEqual(
    pass(40_000, () => dog.health("none")),
    [],
  );
  assert.equal(dog.trouble, "server");
  dog.online(false);
  assert.equal(dog.trouble, "network");
  dog.health("ok");
  assert.deepEqual(pass(4_000), []);
  dog.frame();
  assert.equal(dog.trouble, null);
});

test("a server that is back and shows nothing gets a new session soon", () => {
  const { dog, pass } = working();
  pass(40_000, () => dog.health("none"));
  dog.health("ok");
  assert.deepEqual(
    pass(6_000, () => dog.health("ok")),
    ["restart"],
  );
});

test("a lost session is started again, less and less often, without an end", () => {
  const { dog, pass } = working({ mayReloadAt: Infinity });
  dog.connection("closed", "lost");
  const starts = pass(200_000, () => undefined);
  assert.deepEqual(starts, ["start"]);
  let waited = [];
  for (let failure = 0; failure < 7; failure += 1) {
    dog.connection("connecting", "");
    dog.connection("closed", "network");
    let ms = 0;
    while (pass(250).length === 0) ms += 250;
    waited.push(Math.round(ms / 1_000));
  }
  assert.deepEqual(waited, [2, 4, 8, 15, 30, 30, 30]);
});

test("as soon as the server is back, it is tried", () => {
  const { dog, pass } = working();
  dog.connection("closed", "network");
  for (let failure = 0; failure < 8; failure += 1) dog.connection("closed", "network");
  assert.deepEqual(
    pass(20_000, () => dog.health("none")),
    [],
  );
  dog.health("ok");
  assert.equal(pass(250).length, 1);
});

test("the client rejoins by itself, but not for ever", () => {
  const { dog, pass } = working();
  dog.connection("reconnecting", "network");
  assert.deepEqual(pass(15_000), []);
  assert.equal(dog.trouble, "interrupted");
  assert.deepEqual(pass(500), ["restart"]);
  const dead = working();
  dead.dog.connection("reconnecting", "network");
  assert.deepEqual(
    dead.pass(60_000, () => dead.dog.health("none")),
    [],
  );
});

test("a glitch is not spoken of", () => {
  const { dog, pass } = working();
  dog.connection("reconnecting", "network");
  pass(1_250);
  assert.equal(dog.trouble, null);
  pass(500);
  assert.notEqual(dog.trouble, null);
});

test("nor is a session that is renewed on purpose", () => {
  const { dog, pass } = working();
  dog.renew();
  dog.connection("closed", "goodbye");
  assert.deepEqual(pass(250), ["start"]);
  dog.connection("connecting", "");
  pass(8_000);
  assert.equal(dog.trouble, null);
  pass(2_000);
  assert.equal(dog.trouble, "starting");
});

test("each reason has its words, and a full server is asked when it said", () => {
  const { dog, pass } = working();
  dog.connection("closed", "server_full", 10_000);
  assert.deepEqual(pass(9_500), []);
  assert.equal(dog.trouble, "busy");
  assert.deepEqual(pass(1_000), ["start"]);
  dog.connection("closed", "token_expired");
  assert.equal(dog.trouble, "attention");
  assert.deepEqual(pass(29_000), []);
  assert.deepEqual(pass(1_500), ["start"]);
  dog.connection("closed", "model_unavailable");
  assert.equal(dog.trouble, "starting");
});

test("when nothing else helps although the server is well, the page is loaded anew", () => {
  const { dog, pass } = working({ mayReloadAt: 100_000 });
  const fail = () => {
    const done = pass(31_000);
    dog.connection("connecting", "");
    dog.connection("closed", "media_failed");
    return done;
  };
  dog.connection("closed", "media_failed");
  const remedies = Array.from({ length: 6 }, fail).flat();
  assert.deepEqual(remedies.slice(0, 3), ["start", "start", "start"]);
  assert.ok(remedies.includes("reload"), remedies.join());
});

test("a dead server is no reason to load the page anew", () => {
  const { dog, pass } = working();
  for (let failure = 0; failure < 9; failure += 1) dog.connection("closed", "network");
  assert.deepEqual(
    pass(300_000, () => dog.health("none")),
    [],
  );
});

test("loading the page anew becomes rare", () => {
  assert.deepEqual([0, 1, 2, 3].map(reloadWait), [0, 60_000, 120_000, 240_000]);
  assert.equal(reloadWait(30), 3_600_000);
});

test("a session that somebody else ended is started again", () => {
  const { dog, pass } = working();
  dog.connection("closed", "goodbye");
  assert.deepEqual(pass(2_000), ["start"]);
});
