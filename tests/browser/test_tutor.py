"""The tutor page in a real Chromium: a lesson to its end, and all that may come between."""

import itertools
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe import violations
from page_opening import until, watched
from playwright.async_api import Browser, Page, expect
from tutor_server import ANSWER, TutorServer, tutor_server

from agent.bench.lab.chromium import chromium
from agent.events import InterruptEvent, MicrophoneEvent

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

LESSON = """---
title: Sums
subject: Arithmetic
about: One and one.
minutes: 1
persona: tutor
picture: sum.svg
---

# One and one

```say
[happy] Here is {1} one.
And here is {2} another one.
```

- {1} $1$
- {2} $1 + 1$

![A sum.](sum.svg)

# Your turn

```say
Now you.
```

```exercise
kind: number
ask: What is $1 + 1$ metres?
answer: 2
unit: m
hints: [Use your fingers.]
explanation:
  say: It is two metres.
  show: $1 + 1 = 2$
```

# Choose

```say
And this?
```

```exercise
kind: choice
ask: Which is even?
options: [$3$, $4$]
answer: 2
hints: [Halve it.]
explanation: Four is even.
```
"""
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="90" height="90"/>'


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def server(tmp_path: Path) -> AsyncIterator[TutorServer]:
    for name, content in {
        "personas/tutor.md": "",
        "lessons/sums.md": LESSON,
        "lessons/sums/sum.svg": PICTURE,
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    async with tutor_server(tmp_path) as server:
        yield server


@asynccontextmanager
async def opened(
    browser: Browser, server: TutorServer, path: str = "?lesson=sums", **options: Any
) -> AsyncIterator[Page]:
    """Opens the page; at the end, it must have complained about nothing."""
    async with watched(browser, f"{server.url}/tutor/{path}", **options) as page:
        yield page


async def begin(page: Page, button: str = "#start-typing") -> None:
    await page.click(button)
    begun = re.compile("telling|told|exercise")  # a busy machine may see a short step told already
    await expect(page.locator("body")).to_have_attribute("data-course", begun, timeout=15_000)


async def state(page: Page, wanted: str) -> None:
    await expect(page.locator("body")).to_have_attribute("data-course", wanted, timeout=15_000)


async def test_a_lesson_to_its_end(browser: Browser, server: TutorServer) -> None:
    async with opened(browser, server, "") as page:
        await page.get_by_role("link", name="Sums").click()
        await expect(page).to_have_title("Sums – Visavis")
        await expect(page.locator("#start-title")).to_have_text("Sums")
        await begin(page)
        await expect(page.locator("#step-title")).to_have_text("One and one")
        await expect(page.locator("#board math").first).to_be_attached()
        await state(page, "exercise")

        await page.fill("#exercise .answer", "2")
        await page.click("#exercise-check")
        await expect(page.locator("#exercise-verdict .title")).to_have_text("Mind the unit")
        await expect(page.locator("#exercise-tries")).to_have_text("2 tries left")
        await page.fill("#exercise .answer", "3 m")
        await page.keyboard.press("Enter")
        await expect(page.locator("#exercise-verdict .note")).to_have_text("Use your fingers.")
        await expect(page.locator("#exercise-tries")).to_have_text("Your last try")
        await page.fill("#exercise .answer", "2 m")
        await page.keyboard.press("Enter")
        await state(page, "solved")
        await expect(page.locator("#exercise-verdict")).to_have_attribute("data-verdict", "right")
        await expect(page.locator("#exercise-verdict math")).to_be_visible()
        await expect(page.locator("#go-on")).to_be_focused()

        await page.keyboard.press("Enter")
        await expect(page.locator("#step-title")).to_have_text("Choose")
        await state(page, "exercise")
        await page.locator(".option").nth(0).click()
        await page.click("#exercise-check")
        await page.locator(".option").nth(0).click()
        await page.click("#exercise-check")
        await state(page, "solved")
        await expect(page.locator("#exercise-verdict")).to_contain_text("Solution: 4")
        await page.click("#next")

        await state(page, "finished")
        await expect(page.locator("#finish-score")).to_have_text("1 of 2 answered right")
        await expect(page.locator("#finish-list .outcome")).to_have_text(
            ["right at try 2", "solution shown"]
        )
        assert "1 of 2" in server.said[-1]
        await page.click("#other-lessons")
        await expect(page.locator(".card .state")).to_have_text("Finished")


async def test_the_board_is_written_as_the_words_are_said(
    browser: Browser, server: TutorServer
) -> None:
    server.slow = 8
    async with opened(browser, server) as page:
        await page.evaluate(
            """() => {
              window.seen = [];
              const look = () => {
                const now = document.querySelector("#captions .now")?.textContent ?? "";
                const parts = [...document.querySelectorAll("#board [data-mark]")];
                const state = parts.map((part) => getComputedStyle(part).visibility);
                const line = JSON.stringify([now, ...state]);
                if (document.body.dataset.course === "telling" && line !== seen.at(-1)) {
                  seen.push(line);
                }
                requestAnimationFrame(look);
              };
              look();
            }"""
        )
        await begin(page)
        await state(page, "exercise")
        seen = [json.loads(line) for line in await page.evaluate("seen")]
        said = ["Here", "is", "one.", "And", "here", "is", "another", "one."]
        words = iter(said)
        by_word = [line for line in seen if len(line) == 3 and line[0]]
        shown = [now for now, _ in itertools.groupby(line[0] for line in by_word)]
        assert len(shown) >= 4
        assert all(now in words for now in shown), shown
        for now, first, second in by_word:
            if now == "Here":
                assert (first, second) == ("hidden", "hidden")
            elif now in ("And", "here"):
                assert (first, second) == ("visible", "hidden")
            elif now == "another":
                assert (first, second) == ("visible", "visible")


async def test_a_question_waits_for_its_answer_and_the_lesson_for_both(
    browser: Browser, server: TutorServer
) -> None:
    server.slow = 8
    async with opened(browser, server) as page:
        await begin(page)
        await expect(page.locator("#board .reached").first).to_be_visible()
        await page.fill("#question", "What is a sum?")
        await page.keyboard.press("Enter")
        await state(page, "asked")
        await expect(page.locator("#captions")).to_contain_text(ANSWER)
        await state(page, "offering")
        await until(lambda: server.said[-1] == "[brows] Shall we go on?")
        await page.click("#go-on")
        await state(page, "telling")
        await until(lambda: server.said[-1].endswith("And here is another one."))
        await server.hear("Why?")
        await state(page, "offering")
        await server.hear("Yes, go on")
        await state(page, "asked")
        await state(page, "offering")
        await server.hear("Go on.")
        await state(page, "telling")


async def test_pause_repeat_back_and_the_steps(browser: Browser, server: TutorServer) -> None:
    server.slow = 8
    async with opened(browser, server) as page:
        await begin(page)
        await page.keyboard.press("Escape")
        await state(page, "paused")
        await until(lambda: server.events(InterruptEvent))
        await page.locator("#board").focus()
        await page.keyboard.press("Space")
        await state(page, "telling")
        await page.keyboard.press("ArrowRight")
        await expect(page.locator("#step-title")).to_have_text("Your turn")
        await until(lambda: server.said[-1] == "Now you.")
        await page.click("#repeat")
        await until(lambda: server.said[-2:] == ["Now you.", "Now you."])
        await page.click("#back")
        await expect(page.locator("#step-title")).to_have_text("One and one")
        await page.get_by_role("button", name="Step 3 of 3: Choose").click()
        await expect(page.locator("#step-count")).to_have_text("Step 3 of 3")
        await page.reload()
        await begin(page)
        await expect(page.locator("#step-title")).to_have_text("Choose")


async def test_the_speed_is_the_voice_s_and_is_remembered(
    browser: Browser, server: TutorServer
) -> None:
    async with opened(browser, server) as page:
        await begin(page)
        assert server.speeds == []
        await page.select_option("#speed", "1.5")
        await until(lambda: server.speeds == [1.5] and len(server.said) == 2)
        await page.reload()
        await expect(page.locator("#speed")).to_have_value("1.5")
        await begin(page)
        assert server.speeds == [1.5, 1.5]


async def test_a_spoken_answer_counts_and_a_spoken_question_does_not(
    browser: Browser, server: TutorServer
) -> None:
    async with opened(browser, server) as page:
        await begin(page, "#start")
        await until(lambda: [m.enabled for m in server.events(MicrophoneEvent)][-1:] == [True])
        await state(page, "exercise")
        await server.hear("What is a metre?")
        await state(page, "offering")
        await page.click("#go-on")
        await state(page, "exercise")
        await expect(page.locator("#exercise-tries")).to_have_text("2 tries left")
        await server.hear("It is two m")
        await state(page, "solved")
        await until(lambda: server.said[-1].endswith("It is two metres."))


async def test_a_lost_connection_comes_back_to_the_sentence(
    browser: Browser, server: TutorServer
) -> None:
    server.slow = 10
    async with opened(browser, server) as page:
        await begin(page)
        await server.drop()
        await state(page, "paused")
        await expect(page.locator("#notice")).to_be_visible()
        await state(page, "telling")
        await expect(page.locator("#notice")).to_be_hidden()
        assert server.said == ["[happy] Here is one. And here is another one."] * 2


async def test_an_unknown_lesson_leads_to_the_list(browser: Browser, server: TutorServer) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(f"{server.url}/tutor/?lesson=none")
    await expect(page.locator("#list-problem")).to_have_text("This lesson does not exist.")
    await expect(page.locator(".card")).to_have_count(1)
    await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_no_view_has_a_serious_violation(
    browser: Browser, server: TutorServer, scheme: Literal["light", "dark"], width: int
) -> None:
    size = {"width": width, "height": 844}
    options = {"color_scheme": scheme, "reduced_motion": "reduce", "viewport": size}
    server.slow = 8
    async with opened(browser, server, "", **options) as page:
        await expect(page.locator(".card")).to_have_count(1)
        found = {"list": await violations(page)}
        await page.click(".card")
        await expect(page.locator("#start-title")).to_have_text("Sums")
        found["start"] = await violations(page)
        await begin(page)
        await expect(page.locator("#board .reached").first).to_be_visible()
        found["telling"] = await violations(page)
        await state(page, "exercise")
        await page.fill("#exercise .answer", "3 m")
        await page.keyboard.press("Enter")
        await expect(page.locator("#exercise-verdict .note")).to_be_visible()
        found["exercise"] = await violations(page)
        overflow = "document.documentElement.scrollWidth - innerWidth"
        assert await page.evaluate(overflow) == 0
        await page.click("#next")
        await page.click("#next")
        await state(page, "finished")
        found["finished"] = await violations(page)
        assert await page.evaluate(overflow) == 0
        assert [(view, wrong) for view, wrong in found.items() if wrong] == []
