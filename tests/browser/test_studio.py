"""The studio, in a real Chromium: what is made in it is met at once, on the real server."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import av
import pytest
import pytest_asyncio
from axe import violations
from camera_film import joe_before_the_camera
from likeness import likeness
from page_opening import watched
from playwright.async_api import Browser, Page, expect
from pydantic import SecretStr
from studio_server import StudioServer, studio_server

from agent.settings import ServerSettings
from render.cloning.gallery import portrait_file

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PHOTO = portrait_file("P004")
KEY = "a-key-of-the-studio"
GATE = ServerSettings(lease_seconds=1, max_sessions=4)
SLOW_MS = 30_000
FACTS = "## Boats\n- The blue boat sails at {}.\n  Q: When does the blue boat sail? / Blue boat?"
ASKED = "When does the blue boat sail?"
SERVER_DRAWS = "delete globalThis.OffscreenCanvas;"
"""Before the page loads: a browser that cannot draw faces itself."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose camera sees Joe."""
    async with joe_before_the_camera(tmp_path_factory.mktemp("camera")) as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StudioServer]:
    async with studio_server(GATE, tmp_path_factory.mktemp("personas")) as server:
        yield server


@asynccontextmanager
async def opened(
    browser: Browser, server: StudioServer, persona: str = "vera", **options: Any
) -> AsyncIterator[Page]:
    """Opens the studio with a persona."""
    async with watched(browser, f"{server.url}?persona={persona}", kinds=(), **options) as page:
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        await expect(page.locator("#cast [aria-pressed=true]")).to_have_attribute(
            "data-persona", persona, timeout=SLOW_MS
        )
        yield page


async def make(page: Page, name: str, **fields: str) -> None:
    """Makes a new persona and saves it."""
    await page.click("#new")
    await page.fill("#field-name", name)
    for field, text in fields.items():
        await page.fill(f"#field-{field}", text)
    await page.click("#save")


async def saved(page: Page) -> None:
    await expect(page.locator("#saved")).to_contain_text("Saved.", timeout=SLOW_MS)


async def talk(page: Page) -> None:
    """Starts a conversation without the microphone."""
    await page.click("#start-typing")
    await expect(page.locator("body")).to_have_attribute("data-face", "shown", timeout=SLOW_MS)


async def answer(page: Page, question: str, expected: str) -> None:
    await page.fill("#message", question)
    await page.press("#message", "Enter")
    await expect(page.locator("#transcript .entry.agent p").last).to_have_text(
        expected, timeout=SLOW_MS
    )


async def test_a_persona_is_made_met_changed_and_deleted(
    browser: Browser, server: StudioServer
) -> None:
    async with opened(browser, server) as page:
        await make(page, "Ida", knowledge=FACTS.format("nine"))
        await saved(page)
        tile = page.locator("#cast [data-persona=ida]")
        await expect(tile).to_contain_text("Yours")
        await expect(page.locator("#disclosure")).to_contain_text("Ida is not a real person")
        await talk(page)
        await page.click("#log summary")
        await answer(page, ASKED, "The blue boat sails at nine.")
        await page.fill("#field-knowledge", FACTS.format("ten"))
        await expect(tile).to_contain_text("Not saved")
        await page.click("#save")
        await saved(page)
        await expect(page.locator("#panel-text")).to_contain_text("Start again")
        await talk(page)
        await answer(page, ASKED, "The blue boat sails at ten.")
        await page.click("#end")
        await page.click("#delete")
        await page.click("#delete")
        await expect(tile).to_have_count(0)
    assert list(server.folder.glob("*.md")) == []


async def test_faults_stand_beside_their_fields(browser: Browser, server: StudioServer) -> None:
    async with opened(browser, server) as page:
        await make(page, "Ole", topics=" ")
        topics = page.locator("#field-topics")
        await expect(page.locator("#wrong-topics")).to_have_text("This is needed.")
        await expect(topics).to_be_focused()
        await expect(topics).to_have_attribute("aria-invalid", "true")
        await topics.fill("boats")
        await expect(page.locator("#wrong-topics")).to_be_empty()
        await page.fill("#field-knowledge", f"## Boats\n- {'very ' * 31}long.")
        await page.fill("#field-disclosure", "Ole is a friendly captain.")
        await page.click("#save")
        await expect(page.locator("#wrong-disclosure")).to_contain_text("generated, or an AI")
        await page.fill("#field-disclosure", "Ole is an AI.")
        await page.click("#save")
        await expect(page.locator("#wrong-knowledge")).to_contain_text("Line 2: longer than")
        await expect(page.locator("#saved")).to_have_text("One field needs a look.")
        await page.click("text=Add a variable")
        await page.locator(".variable input").first.fill("Not Good")
        await page.fill("#field-knowledge", FACTS.format("one"))
        await page.click("#save")
        await expect(page.locator("#wrong-variables")).to_contain_text("cannot be called")
    assert list(server.folder.glob("*.md")) == []


async def test_those_that_ship_are_duplicated(browser: Browser, server: StudioServer) -> None:
    async with opened(browser, server) as page:
        await expect(page.locator("#shipped")).to_be_visible()
        await expect(page.locator("#field-greeting")).not_to_be_editable()
        await expect(page.locator("#save")).to_be_hidden()
        await page.click("#duplicate")
        await expect(page.locator("#field-greeting")).to_be_editable()
        await page.fill("#field-name", "Nora")
        await page.click("text=Add a variable")
        await page.locator(".variable input").first.fill("customer")
        await page.locator(".variable input[type=checkbox]").check()
        await page.fill("#field-greeting", "Hello {{customer}}.")
        await page.click("#tab-faces")
        await page.click("#gallery [data-face=mina]")
        await page.click("#tab-persona")
        await page.click("#save")
        await saved(page)
        kept = (server.folder / "nora.md").read_text("utf-8")
        assert 'avatar: "mina"' in kept
        assert 'variables: {"customer": null}' in kept
        await talk(page)
        await expect(page.locator("#hint")).to_contain_text("customer")
        await page.reload()
        await expect(page.locator("#cast [data-persona=nora]")).to_be_visible()
        await page.click("#cast [data-persona=nora]")
        await expect(page.locator("#field-greeting")).to_have_value("Hello {{customer}}.")
        await page.click("#delete")
        await page.click("#delete")
        await expect(page.locator("#cast [data-persona=nora]")).to_have_count(0)


@pytest.mark.models
async def test_studio_clone(browser: Browser, server: StudioServer) -> None:
    async with opened(browser, server) as page:
        await page.add_init_script(SERVER_DRAWS)
        await page.reload()
        await make(page, "Kim", knowledge=FACTS.format("six"))
        await saved(page)
        await page.click("#tab-faces")
        await page.click("#clone-button")
        await page.set_input_files("#clone-file", PHOTO)
        await page.fill("#clone-name", "Kim's face")
        await page.fill("#clone-by", "Kim")
        await page.click("#clone-make")
        await expect(page.locator("#clone-problem")).to_contain_text("only if the person agrees")
        await page.check("#clone-consent")
        await page.click("#clone-make")
        await expect(page.locator("#clone-made")).to_have_text(
            "Kim's face is ready", timeout=4 * SLOW_MS
        )
        await page.click("#clone-talk")
        body = page.locator("body")
        await expect(body).to_have_attribute("data-face", "shown", timeout=SLOW_MS)
        card = page.locator("#gallery .card", has=page.locator(":checked"))
        await expect(card).to_contain_text("From a photo, with consent")
        await expect(page.locator("#badge")).to_have_text("Photo moved by AI")
        face = await card.get_attribute("data-face")
        assert f'avatar: "{face}"' in (server.folder / "kim.md").read_text("utf-8")
        chosen, vera = "#gallery :checked + img", "#gallery [data-face=vera] img"
        alike, other = await likeness(page, "#video", chosen, vera)
        print(f"like the clone {alike:.3f}, like Vera {other:.3f}")
        assert alike > max(0.9, other + 0.1)
        await card.locator(".delete").click()
        await card.locator(".delete").click()
        await expect(page.locator(f"#gallery [data-face='{face}']")).to_have_count(0)
        await expect(body).to_have_attribute("data-connection", "closed")
        await page.click("#tab-persona")
        await page.fill("#field-topics", "boats")
        await page.click("#save")
        await expect(page.locator("[data-field=avatar] .problem")).to_contain_text("not any more")
        await page.click("#delete")
        await page.click("#delete")


async def record(page: Page, folder: Path, seconds: float) -> dict[str, Path]:
    """Records the stage and returns what can be saved, by the ending of its name."""
    await page.click("#record")
    await asyncio.sleep(seconds)
    await page.click("#record")
    await expect(page.locator("#clips li")).to_have_count(1, timeout=SLOW_MS)
    saved = {}
    for link in await page.locator("#clips a").all():
        async with page.expect_download() as download:
            await link.click()
        file = await download.value
        name = file.suggested_filename
        assert re.fullmatch(r"visavis-vera-ai-generated-[\dT-]+\.(webm|jsonl)", name)
        await file.save_as(folder / name)
        saved[name.rpartition(".")[2]] = folder / name
    return saved


async def test_a_clip_is_a_film_that_says_what_it_is_and_its_motion(
    browser: Browser, server: StudioServer, tmp_path: Path
) -> None:
    small = {"width": 390, "height": 500}
    async with opened(browser, server, viewport=small, accept_downloads=True) as page:
        await page.click("#tab-camera")
        await expect(page.locator("#record")).to_be_disabled()
        await talk(page)
        clip = await record(page, tmp_path, 2.5)
    head, *frames = [json.loads(line) for line in clip["jsonl"].read_text().splitlines()]
    assert (head["format"], head["ai_generated"], head["persona"]) == (
        "visavis-motion",
        True,
        "vera",
    )
    assert len(frames) >= 10
    assert all(len(frame["values"]) == len(head["channels"]) for frame in frames)
    assert [frame["frame"] for frame in frames] == sorted({frame["frame"] for frame in frames})
    breath = head["channels"].index("breath")
    assert len({frame["values"][breath] for frame in frames}) > 3
    with av.open(str(clip["webm"])) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(pictures) >= 5
    height = pictures[-1].shape[0]
    notice = pictures[-1][int(0.9 * height) : int(0.97 * height), 10 : height // 4]
    assert notice.min() < 60
    assert notice.max() > 200


@pytest.mark.models
async def test_a_camera_moves_the_face_and_lets_go(browser: Browser, server: StudioServer) -> None:
    async with opened(browser, server) as page:
        await page.click("#tab-camera")
        await page.click("#camera-switch")
        body = page.locator("body")
        await expect(body).to_have_attribute("data-driving", "following", timeout=4 * SLOW_MS)
        await expect(page.locator("#state")).to_have_text("Moved by you")
        await expect(page.locator("#message")).to_be_disabled()
        await expect(page.locator("#camera-latency")).to_contain_text("behind you")
        await page.click("#camera-switch")
        await expect(body).to_have_attribute("data-driving", "off")
        assert await page.evaluate("document.querySelector('#camera-video').srcObject === null")
        await expect(page.locator("#message")).to_be_enabled()


async def test_the_lines_for_a_website_follow_the_choices(
    browser: Browser, server: StudioServer
) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    async with opened(browser, server, "museum", permissions=allowed) as page:
        await page.click("#tab-embed")
        code = page.locator("#embed-code")
        await expect(code).to_contain_text('data-persona="museum"')
        await page.select_option("#field-position", "left")
        await page.select_option("#field-theme", "dark")
        await page.fill("#field-site", "https://museum.example")
        await expect(code).to_contain_text('data-position="left"')
        await expect(code).to_contain_text('data-theme="dark"')
        await expect(page.locator("#embed-token")).to_contain_text("https://museum.example")
        await page.locator("[data-copies=embed-code]").click()
        await expect(page.locator("[data-copies=embed-code]")).to_have_text("Copied")
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied == await code.text_content()
        await page.select_option("#field-how", "element")
        await expect(code).to_contain_text("<visavis-avatar")
        await expect(page.locator("#field-position")).to_be_hidden()


async def test_where_keys_are_set_the_studio_asks_for_one(browser: Browser, tmp_path: Path) -> None:
    gate = GATE.model_copy(update={"api_keys": (SecretStr(KEY),)})
    async with studio_server(gate, tmp_path) as server:
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(server.url)
        await page.fill("#key-input", "another-key-than-that")
        await page.press("#key-input", "Enter")
        await expect(page.locator("#saved")).to_have_text("The server wants a valid API key.")
        await page.click("#key-button")
        await page.fill("#key-input", KEY)
        await page.press("#key-input", "Enter")
        await page.click("#cast [data-persona=museum]")
        await expect(page.locator("#field-name")).to_have_value("Joe")
        await talk(page)
        assert await page.evaluate("localStorage.length + sessionStorage.length") == 0
        await context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
async def test_no_sheet_has_a_serious_violation(
    browser: Browser, server: StudioServer, scheme: Literal["light", "dark"], width: int
) -> None:
    looks: dict[str, Any] = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}}
    async with opened(browser, server, reduced_motion="reduce", **looks) as page:
        found = {"shipped": await violations(page)}
        for tab in ("faces", "camera", "embed"):
            await page.click(f"#tab-{tab}")
            found[tab] = await violations(page)
        await page.click("#tab-persona")
        await page.click("#new")
        await page.click("text=Add a variable")
        await page.fill("#field-topics", "")
        await page.click("#save")
        await expect(page.locator("#wrong-topics")).not_to_be_empty()
        found["faulty"] = await violations(page)
    assert [(view, wrong) for view, wrong in found.items() if wrong] == []
