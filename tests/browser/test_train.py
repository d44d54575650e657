"""Training in a real browser: live curves, zoom, reload, a second tab, the queue, stopping, the probe digits."""

import asyncio
import itertools
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from core.config.train_config import TrainConfig
from core.datasets import probe_digits
from core.runs.store import RunStore
from tests.support.app_server import CANVAS, SEVEN, chart_points, draw, expect_state, press_train, settle
from tests.support.session import session

pytestmark = pytest.mark.browser


def open_train(page, server, epochs):
    page.goto(f"{server.url}/train")
    field = page.get_by_role("spinbutton", name="Epochs")
    field.wait_for()
    page.locator("[data-test-script-state=notRunning]").first.wait_for()
    page.wait_for_timeout(500)
    field.fill(str(epochs))
    field.press("Enter")
    expect(page.get_by_role("combobox", name="Recipe")).to_have_value("Your own", timeout=15_000)


class Connection:
    """The connection between a page and its server; messages of one sender can be delayed, as on a slow machine."""

    def __init__(self, page):
        self.delayed_sender = ""  # "page", "server", or "" for none
        self.forms = 0  # how many times the server has drawn the form to its end
        self._page, self._delayed, self._form_has_begun = page, [], False
        page.route_web_socket(re.compile("_stcore/stream"), self._connect)

    def _connect(self, socket):
        to_server = socket.connect_to_server()
        socket.on_message(lambda message: self._forward("page", to_server, message))
        to_server.on_message(lambda message: self._forward("server", socket, message))

    def _forward(self, sender, receiver, message):
        if sender == "server":
            self._count_forms(ForwardMsg.FromString(message))
        if sender == self.delayed_sender:
            self._delayed.append((receiver, message))
        else:
            receiver.send(message)

    def _count_forms(self, message):
        if message.delta.new_element.number_input.label == "Epochs":
            self._form_has_begun = True
        elif message.WhichOneof("type") == "script_finished" and self._form_has_begun:
            self._form_has_begun = False
            self.forms += 1

    def wait_for_form(self, after):
        """Wait until the server has drawn more than `after` forms to their end, whether or not the browser has them."""
        deadline = time.time() + 60
        while self.forms <= after:
            assert time.time() < deadline, "the server did not answer"
            self._page.wait_for_timeout(100)

    def release(self):
        """Forward the delayed messages in their order."""
        self.delayed_sender = ""
        for receiver, message in self._delayed:
            receiver.send(message)
        self._delayed.clear()


def test_what_is_entered_while_the_page_is_still_answering_is_kept(page, server):
    """The browser sends the recipe's name, as it knows it, with every entry; an old one must not reset the form."""
    connection = Connection(page)
    page.goto(f"{server.url}/train")
    epochs, batch = (page.get_by_role("spinbutton", name=name) for name in ("Epochs", "Batch size"))
    batch.wait_for(timeout=90_000)
    settle(page)
    page.wait_for_timeout(1000)
    connection.delayed_sender = "server"
    for field, value in ((epochs, "3"), (batch, "64")):
        drawn = connection.forms
        field.fill(value)
        field.press("Enter")
        connection.wait_for_form(drawn)
    connection.release()
    settle(page)
    page.wait_for_timeout(1000)
    expect(page.get_by_role("combobox", name="Recipe")).to_have_value("Your own", timeout=30_000)
    expect(epochs).to_have_value("3")
    expect(batch).to_have_value("64")


def enter(page, field, value):
    page.get_by_role("spinbutton", name=field).fill(value)
    page.get_by_role("spinbutton", name=field).press("Enter")


def wait_for_points(page, more_than):
    page.wait_for_function(
        """least => {
            const node = document.querySelector('[data-chart^="loss-"]');
            return node && node.data && node.data[0].x.length > least;
        }""",
        arg=more_than,
    )


def stop(page):
    # Streamlit's own header has a Stop too, while a script runs.
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop now").click()
    expect_state(page, "stopped")


def watch_a_run(page, server, epochs=60):
    """Create a long run as a terminal does, for the server to start; open the page that shows it and return the run."""
    run = RunStore(server.home).create(TrainConfig(epochs=epochs))
    page.goto(f"{server.url}/train")
    expect_state(page, "running")
    wait_for_points(page, 3)
    return run


def wait_until(is_true):
    deadline = time.time() + 20
    while not is_true():
        assert time.time() < deadline
        time.sleep(0.1)


def end(run):
    """Stop the run and wait until it has ended."""
    run.send("stop")
    wait_until(lambda: not run.status().is_live)
    assert run.status().state == "stopped"


def test_one_epoch_is_trained_and_the_model_reads(page, server):
    open_train(page, server, 1)
    press_train(page)
    wait_for_points(page, 0)
    wait_for_points(page, 3)
    expect_state(page, "finished")
    expect(page.get_by_text("Test accuracy", exact=True)).to_be_visible()
    expect(page.get_by_text("epoch 1.0 of 1")).to_be_visible()
    page.locator('[data-chart^="confusion-"] .main-svg').first.wait_for()
    page.get_by_role("button", name="Read digits with this model").click()
    expect(page.get_by_text("Draw a digit here")).to_be_visible()
    assert "model=" in page.url
    expect(page.get_by_role("combobox", name="Model")).to_have_value(re.compile("Dense"))


def marks(page):
    return page.locator('[data-chart^="loss-"]').evaluate("node => node.layout.annotations.map((each) => each.text)")


def test_zoom_is_kept_through_new_points_and_a_pause_with_its_marks(page, server):
    run = watch_a_run(page, server)
    node = page.locator('[data-chart^="loss-"]')
    node.evaluate("node => { node.testMark = 1; }")
    box = node.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    page.mouse.up()
    page.wait_for_function("""() => document.querySelector('[data-chart^="loss-"]').layout.xaxis.range[0] > 1""")
    zoomed = node.evaluate("node => [...node.layout.xaxis.range, ...node.layout.yaxis.range]")
    scroll = page.get_by_test_id("stMain").evaluate("node => node.scrollTop")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect_state(page, "paused")
    page.get_by_role("button", name="Resume", exact=True).click()
    expect_state(page, "running")
    wait_for_points(page, chart_points(page, "loss-") + 5)
    assert [each.split(", ") for each in marks(page)] == [["paused", "resumed"]], "both at one step"
    assert node.evaluate("node => [...node.layout.xaxis.range, ...node.layout.yaxis.range]") == zoomed
    assert node.evaluate("node => node.testMark") == 1, "the chart was replaced instead of updated"
    assert page.get_by_test_id("stMain").evaluate("node => node.scrollTop") == scroll
    end(run)


def test_a_reload_and_a_second_tab_show_the_run_live(page, server):
    watch_a_run(page, server)
    page.reload()
    expect_state(page, "running")
    wait_for_points(page, 5)
    other = page.context.browser.new_page()
    other.goto(f"{server.url}/train")
    expect_state(other, "running")
    stop(other)
    other.close()
    expect_state(page, "stopped")


def cancel_while_the_rest_is_drawn(page):
    """Press Cancel as soon as it appears, and release it when the stale elements of the last drawing are removed."""
    cancel = page.get_by_role("button", name="Cancel")
    cancel.wait_for()
    box = cancel.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    expect(page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop")).to_have_count(0)
    page.mouse.up()
    expect(cancel).to_have_count(0)


def test_the_queue_waits_and_can_be_cancelled(page, server):
    watch_a_run(page, server)
    page.get_by_role("button", name="Train", exact=True).click()
    cancel_while_the_rest_is_drawn(page)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("1 waiting")).to_be_visible()
    cancel = page.get_by_role("button", name="Cancel").first
    cancel.click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    live = [run for run in RunStore(server.home).all() if run.status().is_live]
    assert len(live) == 1
    end(live[0])


def test_a_press_counts_whatever_is_done_before_the_page_has_answered_it(page, server):
    """Messages arrive together; how many of them the server handles at once is chance, so there are several rounds."""
    connection = Connection(page)
    run = watch_a_run(page, server)
    sizes = itertools.count(40)
    for _ in range(3):
        for press, then in (("Pause", "paused"), ("Resume", "running")):
            connection.delayed_sender = "page"
            enter(page, "Batch size", str(next(sizes)))
            page.get_by_role("button", name=press, exact=True).click()
            enter(page, "Batch size", str(next(sizes)))
            connection.release()
            expect_state(page, then)
    page.get_by_role("button", name="Pause", exact=True).click()
    expect_state(page, "paused")
    for waiting in range(1, 4):
        connection.delayed_sender = "page"
        page.get_by_role("button", name="Train", exact=True).click()
        enter(page, "Batch size", str(next(sizes)))
        connection.release()
        wait_until(lambda count=waiting: len(RunStore(server.home).queue()) == count)
        expect(page.get_by_text("Starts when")).to_be_visible()
    for each in RunStore(server.home).queue():
        each.send("stop")
    live = [each for each in RunStore(server.home).all() if each.status().is_live]
    assert [each.status().state for each in live] == ["paused"]
    end(run)


def test_curves_are_newer_than_the_page_where_many_watch(page, server):
    """With six sessions the page is drawn every 2.4 seconds, and its charts ask for newer figures between."""
    run, live = watch_a_run(page, server), re.compile(rf"/live/{RunStore(server.home).all()[0].id}/loss")

    async def visit():
        async with session(server.port) as visitor:
            await visitor.draw("train")
            async for _ in visitor.follow():
                if done.is_set():
                    return

    async def visit_five_times():
        await asyncio.gather(*(visit() for _ in range(5)))

    done = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        visits = threads.submit(lambda: asyncio.run(visit_five_times()))
        try:
            with page.expect_response(live) as answer:
                pass
            assert answer.value.status == 200
            wait_for_points(page, chart_points(page, "loss-") + 3)
        finally:
            done.set()
        visits.result()
    end(run)


def test_a_run_continues_when_its_server_is_killed(page, server):
    run = watch_a_run(page, server, epochs=200)
    server.stop(signal.SIGKILL)
    notice, main = page.get_by_role("alert").get_by_text("The server does not answer."), page.get_by_test_id("stMain")
    expect(notice).to_be_visible()
    expect(main).to_have_css("opacity", "0.4")
    server.start()
    expect(notice).to_have_count(0)
    expect(main).to_have_css("opacity", "1")
    expect_state(page, "running")
    wait_for_points(page, chart_points(page, "loss-") + 3)
    end(run)


def test_a_probe_digit_is_drawn_and_kept_and_the_ten_are_reset_and_restored(page, server):
    """It is there at the next visit, the next digit is offered, and a reset to MNIST's digits can be undone."""
    page.goto(f"{server.url}/train")
    page.get_by_text("Draw your own ten digits").click()
    page.get_by_role("radio", name="7").click()
    settle(page)
    keep = page.get_by_role("button", name="Keep as my 7")
    expect(keep).to_be_disabled()
    expect(page.locator(CANVAS)).to_have_count(1)  # the one of another digit is removed a little later
    page.locator(CANVAS).scroll_into_view_if_needed()
    draw(page, SEVEN)
    expect(keep).to_be_enabled()
    keep.click()
    expect(page.get_by_text("Yours so far: 1 of 10")).to_be_visible()
    expect(page.get_by_role("button", name="Keep as my 8")).to_be_visible()
    mine = probe_digits.load(server.home)
    assert mine.own.tolist() == [label == 7 for label in range(10)]
    assert mine.images[7].any()

    page.reload()
    page.get_by_text("Draw your own ten digits").click()
    expect(page.get_by_text("Yours so far: 1 of 10")).to_be_visible()
    page.get_by_role("button", name="Back to MNIST's digits").click()
    expect(page.get_by_text("They are MNIST's until you draw yours")).to_be_visible()
    page.get_by_role("button", name="Take mine again").click()
    expect(page.get_by_text("Yours so far: 1 of 10")).to_be_visible()
    assert (probe_digits.load(server.home).images == mine.images).all()
    probe_digits.reset(server.home)
