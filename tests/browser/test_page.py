"""The page in a real Chromium, against a server that does what the test says.

The media are real WebRTC; what is missing is a mind.
"""

import itertools

import pytest
from page_opening import PHONE, opened, talk, until
from page_server import LAYERS, STATES, PageServer
from playwright.async_api import Browser, expect

from agent.bench.lab.chromium import chromium
from agent.errors import ModelUnavailable, NotFound, ServerFull
from agent.events import (
    AgentTranscriptEvent,
    BudgetEvent,
    ClosingEvent,
    DisplayedEvent,
    ErrorEvent,
    GestureEvent,
    GoodbyeEvent,
    InterruptEvent,
    MicrophoneEvent,
    OfferEvent,
    SetEmotionEvent,
    StateEvent,
    TextEvent,
    UserTranscriptEvent,
)

pytest_plugins = ["page_fixtures"]
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PROBED = "/?probe=1"
SPOKEN = "One two three four five six seven eight nine ten"


async def test_the_page_shows_who_is_there_and_asks_nobody_else(
    browser: Browser, server: PageServer
) -> None:
    async with opened(browser, server.url) as page:
        hosts: set[str] = set()
        page.on("request", lambda request: hosts.add("/".join(request.url.split("/")[:3])))
        await page.reload()
        await expect(page.locator("#name")).to_have_text("Vera")
        await expect(page.locator("#badge")).to_have_text("AI-generated person")
        await expect(page.locator("#disclosure")).to_contain_text("generated")
        await expect(page.locator(".person")).to_have_count(2)
        assert hosts == {server.url}
        assert await page.evaluate("typeof window.visavis") == "undefined"


async def test_a_start_shows_the_face_and_reports_its_first_frame(
    browser: Browser, server: PageServer
) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        displayed = await until(lambda: server.displayed(1))
        first = await page.evaluate("visavis.frames[0]")
        assert (displayed.pts, displayed.at_ms) == (first["pts"], first["at_ms"])
        assert await page.evaluate("document.querySelector('#video').videoWidth") == 256
        await until(
            lambda: [event.enabled for event in server.events(MicrophoneEvent)][-1:] == [True]
        )
        await expect(page.locator("body")).to_have_attribute("data-microphone", "on")
        await expect(page.locator("#disclosure")).to_have_text(server.disclosure)


async def test_the_chosen_person_is_asked_for(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await page.check("input[value=otto]", force=True)
        await expect(page.locator("#panel-title")).to_have_text("Otto")
        async with page.expect_request("**/v1/sessions") as request:
            await page.click("#start")
        assert (await request.value).post_data_json == {"persona": "otto"}


async def test_each_state_is_shown(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        for state in STATES:
            await server.send(StateEvent(state=state))
            await expect(page.locator("body")).to_have_attribute("data-conversation", state)
        await expect(page.locator("#state")).to_have_text("Ready")


async def test_a_watched_frame_is_reported_when_it_is_displayed(
    browser: Browser, server: PageServer
) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await page.fill("#message", SPOKEN)
        await page.keyboard.press("Enter")
        displayed: DisplayedEvent = await until(lambda: server.displayed(2))
        log = await page.evaluate("visavis.log")
        watched = next(e["event"]["pts"] for e in log if e["event"].get("what") == "lips")
        frames = await page.evaluate("visavis.frames")
        due = next(frame for frame in frames if frame["pts"] >= watched)
        assert displayed.pts == due["pts"]
        assert displayed.at_ms == due["at_ms"]
        assert displayed.clock_offset_ms != 0


async def test_captions_follow_the_frame_on_the_screen(
    browser: Browser, server: PageServer
) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await page.evaluate(
            """() => {
              visavis.seen = [];
              visavis.session.addEventListener("frame", ({ detail }) => {
                const said = document.querySelector("#captions .spoken");
                visavis.seen.push([detail.pts, said ? said.textContent.split(" ").length : 0]);
              });
            }"""
        )
        await page.fill("#message", SPOKEN)
        await page.keyboard.press("Enter")
        await expect(page.locator("#captions .spoken")).to_have_text(SPOKEN)
        await expect(page.locator("#captions .now")).to_have_text(SPOKEN.split()[-1])
        log = await page.evaluate("visavis.log")
        words = next(e["event"]["words"] for e in log if e["event"]["type"] == "caption")
        seen = await page.evaluate("visavis.seen")
        arrived = next(index for index, (_, count) in enumerate(seen) if count)
        for pts, count in seen[arrived:]:
            assert count == sum(word["pts"] <= pts for word in words)


async def test_the_transcript_holds_both_sides_as_plain_text(
    browser: Browser, server: PageServer
) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        hostile = "<img src=x onerror=alert(1)>"
        await server.send(UserTranscriptEvent(turn=1, text="what", final=False))
        await server.send(UserTranscriptEvent(turn=1, text=hostile, final=True))
        await server.send(AgentTranscriptEvent(turn=1, text="I was", final=True, interrupted=True))
        user, agent = page.locator("#transcript .user"), page.locator("#transcript .agent")
        await expect(user.locator("p")).to_have_text(hostile)
        await expect(agent.locator("p")).to_have_text("I was")
        await expect(agent).to_have_attribute("data-interrupted", "true")
        assert await page.locator("#transcript img, #captions img").count() == 0


async def test_the_timing_panel_adds_up(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await page.fill("#message", SPOKEN)
        await page.keyboard.press("Enter")
        await page.click("#tab-timing")
        await expect(page.locator("#timing-total")).to_have_text(f"{sum(LAYERS.values()):.0f} ms")
        await expect(page.locator("#timing-layers dd")).to_have_count(len(LAYERS))
        await expect(page.locator("#timing-clock")).to_contain_text("±")
        widths = await page.locator("#timing-bar .piece").evaluate_all(
            "pieces => pieces.map((piece) => piece.getBoundingClientRect().width)"
        )
        for (_, ms), width in zip(LAYERS.items(), widths, strict=True):
            assert width / sum(widths) == pytest.approx(ms / sum(LAYERS.values()), abs=0.02)
        falls = await page.locator("#timing-layers .fall").evaluate_all(
            "bars => bars.map((bar) => [bar.getBoundingClientRect().left, "
            "bar.getBoundingClientRect().right])"
        )
        for (_, before), (begin, _) in itertools.pairwise(falls):
            assert begin == pytest.approx(before, abs=1.5)
        layer, ms = next(iter(LAYERS.items()))
        await server.send(BudgetEvent(turn=1, layer=layer, ms=ms, budget_ms=1))
        await expect(page.locator('#timing-layers [data-over="true"]')).to_have_count(1)


async def test_moods_and_gestures_reach_the_server(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await expect(page.locator("#moods")).to_be_hidden()
        await talk(page)
        await page.click("#moods summary")
        happy = page.get_by_role("button", name="Happy")
        await happy.click()
        await expect(happy).to_have_attribute("aria-pressed", "true")
        await page.get_by_role("button", name="Nod").click()
        await until(lambda: server.events(GestureEvent))
        (mood,), (gesture,) = server.events(SetEmotionEvent), server.events(GestureEvent)
        assert (mood.emotion, mood.intensity, gesture.name) == ("happy", 0.8, "nod")


async def test_mute_and_interrupt_reach_the_server(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await expect(page.locator("body")).to_have_attribute("data-microphone", "on")
        await page.click("#microphone")
        await expect(page.locator("body")).to_have_attribute("data-microphone", "muted")
        await until(
            lambda: [event.enabled for event in server.events(MicrophoneEvent)][-1:] == [False]
        )
        await page.click("#interrupt")
        await page.keyboard.press("Escape")
        await until(lambda: len(server.events(InterruptEvent)) == 2)


async def test_a_full_server_is_tried_again_by_itself(browser: Browser, server: PageServer) -> None:
    refusal = ServerFull("full")
    refusal.retry_after = 1
    server.refuse = refusal
    async with opened(browser, server.url + PROBED) as page:
        await page.click("#start")
        await expect(page.locator("#panel-title")).to_have_text("All seats are taken")
        await expect(page.locator("body")).to_have_attribute("data-reason", "server_full")
        server.refuse = None
        await expect(page.locator("body")).to_have_attribute("data-connection", "connected")


@pytest.mark.parametrize(
    ("refusal", "title"),
    [
        (NotFound("no"), "Nobody here by that name"),
        (ModelUnavailable("no"), "Not quite ready"),
    ],
)
async def test_a_refusal_is_put_in_words(
    browser: Browser, server: PageServer, refusal: NotFound | ModelUnavailable, title: str
) -> None:
    server.refuse = refusal
    async with opened(browser, server.url + PROBED) as page:
        await page.click("#start")
        await expect(page.locator("#panel-title")).to_have_text(title)
        await expect(page.locator("#start")).to_be_visible()


async def test_a_browser_without_webrtc_is_told(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await page.evaluate("delete window.RTCPeerConnection")
        await page.click("#start")
        await expect(page.locator("body")).to_have_attribute("data-reason", "unsupported")
        assert server.sessions == 0


async def test_a_dropped_connection_comes_back(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await server.send(AgentTranscriptEvent(turn=1, text="Before.", final=True))
        await expect(page.locator("#transcript")).to_contain_text("Before.")
        await server.drop()
        await expect(page.locator("body")).to_have_attribute("data-connection", "reconnecting")
        await expect(page.locator("body")).to_have_attribute("data-connection", "connected")
        await expect(page.locator("body")).to_have_attribute("data-face", "shown")
        await server.send(AgentTranscriptEvent(turn=1, text="Before and after.", final=True))
        await expect(page.locator("#transcript .agent p")).to_have_text(["Before and after."])
        await expect(page.locator("body")).to_have_attribute("data-microphone", "on")
        assert server.sessions == 1
        assert server.events(GoodbyeEvent) == []


async def test_a_session_that_ended_meanwhile_is_opened_anew(
    browser: Browser, server: PageServer
) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await server.send(AgentTranscriptEvent(turn=1, text="Before.", final=True))
        await expect(page.locator("#transcript")).to_contain_text("Before.")
        server.ended.add(1)
        await server.drop()
        await until(lambda: server.sessions == 2)
        await expect(page.locator("body")).to_have_attribute("data-connection", "connected")
        await server.send(AgentTranscriptEvent(turn=1, text="After.", final=True))
        await expect(page.locator("#transcript .agent p")).to_have_text(["Before.", "After."])


async def test_lost_media_are_negotiated_anew(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await server.send(ErrorEvent(code="media_lost", message=""))
        await until(lambda: len(server.events(OfferEvent)) == 2)
        await expect(page.locator("body")).to_have_attribute("data-connection", "connected")
        assert server.sessions == 1
        assert server.events(GoodbyeEvent) == []


async def test_a_deleted_face_ends_the_conversation(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await server.send(ClosingEvent(reason="avatar_deleted"))
        await expect(page.locator("#panel-title")).to_have_text("This face was deleted")


async def test_an_error_of_the_server_is_put_in_words(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await server.send(ErrorEvent(code="too_large", message=""))
        await expect(page.locator("#hint")).to_have_text("Please send a shorter message.")


async def test_a_dead_server_is_put_in_words(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await page.route("**/v1/sessions", lambda route: route.abort())
        await page.click("#start")
        await expect(page.locator("body")).to_have_attribute("data-reason", "network")
        await expect(page.locator("#panel-title")).to_have_text("The server cannot be reached")


async def test_leaving_the_page_says_goodbye(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        await page.goto("about:blank")
        await until(lambda: server.events(GoodbyeEvent))


async def test_typing_alone_asks_for_no_microphone(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page, "#start-typing")
        await expect(page.locator("body")).to_have_attribute("data-microphone", "off")
        assert [event.enabled for event in server.events(MicrophoneEvent)] == [False]


async def test_a_refused_microphone_leaves_the_keyboard(server: PageServer) -> None:
    deny = ("--use-fake-ui-for-media-stream=deny",)
    async with chromium(arguments=deny) as browser, opened(browser, server.url + PROBED) as page:
        await talk(page)
        await expect(page.locator("body")).to_have_attribute("data-microphone", "refused")
        await expect(page.locator("#hint")).to_contain_text("The microphone is blocked")
        await page.fill("#message", "hello")
        await page.keyboard.press("Enter")
        await until(lambda: server.events(TextEvent))


async def test_everything_works_with_the_keyboard(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        keys = page.keyboard

        async def tab_to(selector: str) -> None:
            for _ in range(20):
                await keys.press("Tab")
                if await page.locator(selector).evaluate("e => e === document.activeElement"):
                    return
            raise AssertionError(f"{selector} cannot be reached with Tab")

        await tab_to("#start")
        await keys.press("Enter")
        await expect(page.locator("#microphone")).to_be_focused()
        await tab_to("#message")
        await keys.type("typed by hand")
        await keys.press("Enter")
        await until(lambda: [event.text for event in server.events(TextEvent)] == ["typed by hand"])
        await tab_to("#tab-conversation")
        await keys.press("ArrowRight")
        await expect(page.locator("#timing")).to_be_visible()
        await tab_to("#devices-button")
        await keys.press("Enter")
        await expect(page.locator("#devices")).to_be_visible()
        await keys.press("Escape")
        await expect(page.locator("#devices")).to_be_hidden()
        assert server.events(InterruptEvent) == []
        await keys.press("Escape")
        await until(lambda: len(server.events(InterruptEvent)) == 1)
        await tab_to("#end")
        await keys.press("Enter")
        await expect(page.locator("#start")).to_be_focused()


async def test_nothing_is_wider_than_a_phone(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url, viewport=PHONE) as page:
        overflow = "document.documentElement.scrollWidth - innerWidth"
        assert await page.evaluate(overflow) == 0
        await talk(page)
        await page.fill("#message", "A" * 300)
        await page.keyboard.press("Enter")
        await page.click("#tab-timing")
        await expect(page.locator("#timing-total")).not_to_be_empty()
        assert await page.evaluate(overflow) == 0
        for control in ("#microphone", "#message", "#interrupt", "#end", "#face"):
            box = await page.locator(control).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
            assert box["y"] + box["height"] <= PHONE["height"]


async def test_states_do_not_move_the_page(browser: Browser, server: PageServer) -> None:
    async with opened(browser, server.url + PROBED) as page:
        await talk(page)
        boxes = []
        for state in STATES:
            await server.send(StateEvent(state=state))
            await expect(page.locator("body")).to_have_attribute("data-conversation", state)
            boxes.append([await page.locator(e).bounding_box() for e in ("#face", "#controls")])
        assert all(before == after for before, after in itertools.pairwise(boxes))
