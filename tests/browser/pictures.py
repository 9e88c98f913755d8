"""Makes the README's pictures again: `python -m tests.browser.pictures [HOME]`; needs Chromium and ImageMagick.

The pages are those of `amends up` in a folder of its own. With the HOME of a demo that is running (`amends demo --home
HOME`), its board is drawn as well, as it stands at that moment.
"""

import asyncio
import io
import re
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from playwright.async_api import async_playwright
from rich.console import Console

from deploy.bootstrap import WORKER_ROLE
from deploy.demo.picture import Doors, Shown, picture
from deploy.demo.run import Options
from deploy.demo.seen import RATE_OVER_S, Watch
from deploy.demo.starting import PASSWORD
from deploy.local.home import Home
from deploy.secret_keys import master_key
from deploy.settings import Settings
from deploy.stack.holding import Note
from deploy.stack.options import StackOptions
from deploy.stack.playable import load_playable
from deploy.stack.stack import Stack
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.rules.tree import ROOT
from workflow.store.keys import MasterKeys

PICTURES = ROOT / "deploy" / "pictures"
SIZE = {"width": 1000, "height": 640}
# A long page keeps fewer colours, or its file grows large.
COLOURS, FEW_COLOURS = "32", "12"
COLUMNS = 96
# rich names fonts on somebody else's server; any monospaced one will do.
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


async def draw_board(home):
    """Draw the board of a running demo as an SVG; two looks, so that there is a rate."""
    settings = Note.of(Home(Path(home) / "demo")).read()
    async with asyncpg.create_pool(settings.database[WORKER_ROLE], min_size=1, max_size=1) as pool:
        watch = Watch()
        for second in (0.0, RATE_OVER_S):
            seen = await watch.look(pool, await pool.fetchval("SELECT at FROM demo_clock"), second)
            await asyncio.sleep(RATE_OVER_S - second)
    url = f"http://127.0.0.1:{settings.portal.port}"
    doors = Doors(url=url, login="amberfold-reparation-caseworker-1", password=PASSWORD)
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    console.print(picture(Shown(seen=seen, expected=Options().referrals, doors=doors)))
    drawn = FONTS.sub("", console.export_svg(title="make demo"))
    (PICTURES / "board.svg").write_text(drawn, encoding="utf-8")


@asynccontextmanager
async def playing():
    """`amends up` in a folder of its own: the address of its pages, and login and password by role."""
    begun = []
    with tempfile.TemporaryDirectory(prefix="amends-pictures-") as folder:
        Path(folder).chmod(0o711)
        home, settings = Home(Path(folder) / "home"), Settings()

        async def prepare(dsns):
            begun.append(await load_playable(dsns[WORKER_ROLE], MasterKeys(master_key(settings, home))))

        async with Stack(home, settings, StackOptions(prepare=prepare)) as stack:
            await begun[0].open_cases(stack.portal_url)
            yield stack.portal_url, begun[0].passwords


async def take_pages(url, passwords):
    """Photograph what a caseworker and a manager see."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = await browser.new_page(base_url=url, viewport=SIZE)
        await _sign_in(page, *passwords["caseworker"])
        await _take(page, "tasks")
        await page.get_by_role("link", name="Book the first session").click()
        await page.get_by_role("button", name="Book").first.click()
        await page.get_by_text("Session booked").wait_for()
        await _take(page, "case", whole=True)
        # A page of her own: Chromium takes no other picture of one that was taken whole.
        context = await browser.new_context(base_url=url, viewport=SIZE)
        page = await context.new_page()
        await _sign_in(page, *passwords["manager"])
        await page.get_by_role("link", name="Mailbox").click()
        await page.get_by_role("button", name="Show Your plan").first.click()
        await _take(page, "mailbox")
        await browser.close()


async def _sign_in(page, login, password):
    await page.goto("/sign-in")
    await page.get_by_label("Name").fill(login)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/tasks")


async def _take(page, name, *, whole=False):
    path = PICTURES / f"{name}.png"
    await page.screenshot(path=path, full_page=whole)
    colours = FEW_COLOURS if whole else COLOURS
    reducing = await asyncio.create_subprocess_exec("convert", path, "-strip", "+dither", "-colors", colours, path)
    await reducing.wait()


async def main(homes):
    """Take the pages, and draw the board where a demo runs."""
    PICTURES.mkdir(exist_ok=True)
    for home in homes:
        await draw_board(home)
    async with playing() as (url, passwords):
        await take_pages(url, passwords)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
