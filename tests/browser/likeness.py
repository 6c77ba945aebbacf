"""How alike two pictures on a page are."""

import numpy as np
from playwright.async_api import Page

GREYS = """(selectors) => {
  const grey = (source) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 32;
    const context = canvas.getContext("2d");
    context.drawImage(source, 0, 0, 32, 32);
    const { data } = context.getImageData(0, 0, 32, 32);
    return Array.from({ length: 1024 }, (_, i) => data[4 * i] + data[4 * i + 1] + data[4 * i + 2]);
  };
  return selectors.map((selector) => grey(document.querySelector(selector)));
}"""


async def likeness(page: Page, shown: str, *others: str) -> list[float]:
    """Returns how each of the others correlates with what is shown, as 32 x 32 grey pictures.

    Args:
        page: Where they are.
        shown: Selector of an image, canvas or video.
        others: Likewise.
    """
    first, *rest = np.array(await page.evaluate(GREYS, [shown, *others]))
    return [float(np.corrcoef(first, each)[0, 1]) for each in rest]
