"""A lesson as a learner sees it: in a real JupyterLab, in a real browser without a window.

    with Lab(folder) as lab, Browser() as browser:
        page = browser.open(lab, "02_name.ipynb")
        page.run_all()
        page.problems()                   # sentences; none is what a lesson needs
        for control in page.controls():   # sliders and buttons, found in the page
            page.operate(control)         # is its picture drawn anew?

Everything is on the loopback address, with settings of its own: nothing of the user's JupyterLab
is read or written. Needs Chromium (Debian: `apt-get install chromium`) and the package playwright,
which is told where Chromium is and downloads nothing.
"""

import functools
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-proxy-server",
]  # fmt: skip
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
    # All cells are in the page, also those that nobody has scrolled to.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
WINDOW = {"width": 1280, "height": 900}
HIGHEST = 12_000  # pixels of a screenshot

READY = """() => {
  const panel = window.jupyterapp.shell.currentWidget;
  const context = panel && panel.context && panel.context.sessionContext;
  const kernel = context && context.isReady && context.session && context.session.kernel;
  return Boolean(kernel && kernel.status === 'idle');
}"""
RUN_ALL = """() => {
  window.ran = null;
  window.jupyterapp.commands.execute('notebook:run-all-cells').then(
    () => { window.ran = true; }, (error) => { window.ran = String(error); });
}"""
# From the notebook's model, which knows more than the page shows.
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim())
  .map((cell) => {
    const outputs = [];
    for (let i = 0; i < cell.model.outputs.length; i++)
      outputs.push(cell.model.outputs.get(i).toJSON());
    return {
      source: cell.model.sharedModel.getSource(),
      count: cell.model.executionCount,
      errors: outputs.filter((one) => one.output_type === 'error')
        .map((one) => one.ename + ': ' + one.evalue),
      stderr: outputs.filter((one) => one.output_type === 'stream' && one.name === 'stderr')
        .map((one) => one.text).join(''),
    };
  })"""
BROKEN = ".jupyter-widgets-disconnected, .jupyter-widgets-error-widget"
# Formulas with a fault: refused, with an unknown command (in red), or left as they were written.
FORMULAS = """() => [...document.querySelectorAll('.jp-MarkdownOutput')].flatMap((cell) => {
  const plain = cell.cloneNode(true);
  plain.querySelectorAll('code, pre, mjx-container').forEach((one) => one.remove());
  const bad = [...cell.querySelectorAll('mjx-merror, mjx-container [style*="color: red"]')];
  return bad.map((one) => one.closest('mjx-container').innerText)
    .concat(plain.textContent.match(/.{0,20}[$].{0,20}/g) || []);
})"""
WORDLESS = """() => [...document.querySelectorAll('.jp-OutputArea-output img')]
  .filter((one) => (one.alt || '').split(' ').length < 5).length"""
# What an element's output shows: the pictures, and the words without those of the controls.
SHOWN = """(element) => {
  const output = element.closest('.jp-OutputArea-output');
  const words = [...output.querySelectorAll('.widget-html')].map((one) => one.innerText);
  return [...output.querySelectorAll('img')].map((one) => one.src).concat(words).join('|');
}"""


def chromium():
    """The path of a Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Lab:
    """JupyterLab on a folder, for as long as the `with` block lasts."""

    def __init__(self, folder, patience=120):
        self.folder, self.patience = Path(folder), patience

    def __enter__(self):
        self.home = Path(tempfile.mkdtemp(prefix="dimlearn-lab-"))
        for plugin, settings in SETTINGS.items():
            file = self.home / "settings" / f"{plugin}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(settings))
        token = secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.log = open(self.home / "log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
             f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
             f"--ServerApp.root_dir={self.folder}", "--LabApp.expose_app_in_browser=True",
             "--LabApp.extension_manager=readonly"],
            cwd=self.folder, env=self.environment(), stdout=self.log, stderr=self.log,
        )  # fmt: skip
        self.address, self.token = f"http://127.0.0.1:{port}", token
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def environment(self):
        """The present one, with folders of its own for whatever Jupyter reads or writes."""
        names = {
            "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "IPYTHONDIR": "ipython",
            "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
        }  # fmt: skip
        environment = {
            **os.environ,
            **{name: str(self.home / folder) for name, folder in names.items()},
        }
        # With the first of these ipykernel would hide what C libraries write to stderr.
        for name in ("PYTEST_CURRENT_TEST", "DIMLEARN_PROGRESS"):
            environment.pop(name, None)
        return environment

    def wait(self):
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                direct.open(f"{self.address}/api/status?token={self.token}", timeout=5).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.3)
        raise RuntimeError(f"JupyterLab did not start:\n{(self.home / 'log').read_text()[-2000:]}")

    def __exit__(self, *error):
        self.process.terminate()  # which shuts its kernels down too
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.home, ignore_errors=True)


class Browser:
    """Chromium without a window, for as long as the `with` block lasts."""

    def __enter__(self):
        from playwright.sync_api import sync_playwright

        self.playwright = sync_playwright().start()
        try:
            self.chromium = self.playwright.chromium.launch(
                executable_path=chromium(), args=OPTIONS
            )
        except BaseException:
            self.playwright.stop()
            raise
        return self

    def open(self, lab, name):
        """A notebook of the lab's folder on a `Page` of its own, its kernel ready."""
        context = self.chromium.new_context(viewport=WINDOW)
        return Page(context.new_page(), lab, name)

    def __exit__(self, *error):
        self.chromium.close()
        self.playwright.stop()


class Page:
    """One notebook in JupyterLab."""

    def __init__(self, page, lab, name, patience=120):
        self.page, self.lab, self.script_errors, self.addresses = page, lab, [], set()
        page.set_default_timeout(1000 * patience)
        page.on("pageerror", lambda error: self.script_errors.append(str(error)))
        page.on("request", lambda request: self.addresses.add(urlsplit(request.url).hostname))
        page.goto(f"{lab.address}/lab/tree/{name}?token={lab.token}&reset")
        page.wait_for_function("window.jupyterapp !== undefined")
        page.evaluate("window.jupyterapp.restored")
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        page.wait_for_function(f"({READY})() || document.querySelector('.jp-Dialog')")
        self.dialog = page.evaluate("(document.querySelector('.jp-Dialog') || {}).innerText")
        if self.dialog:  # "Select Kernel", for a notebook that names no known one
            page.keyboard.press("Enter")
            page.wait_for_function(READY)

    def run_all(self, patience=300):
        """Run all cells, and wait until the last has run or one has failed."""
        self.page.evaluate(RUN_ALL)
        self.page.wait_for_function("window.ran !== null", timeout=1000 * patience)
        self.page.wait_for_function(READY, timeout=1000 * patience)
        self.page.wait_for_timeout(1000)  # for widgets and formulas to be drawn

    def problems(self):
        """What is wrong with the page, a sentence each."""
        found = [f"a dialog opened with the notebook: {self.dialog!r}"] if self.dialog else []
        for cell in self.page.evaluate(CELLS):
            where = f"in the cell {cell['source'][:60]!r}"
            found += [f"{error} {where}" for error in cell["errors"]]
            found += [f"{cell['stderr'][:300]!r} on stderr {where}"] if cell["stderr"] else []
            found += [] if cell["count"] else [f"not run: {cell['source'][:60]!r}"]
        broken = self.page.locator(BROKEN).count()
        broken += self.page.get_by_text("Error displaying widget").count()
        found += [f"{broken} broken widgets"] if broken else []
        wordless = self.page.evaluate(WORDLESS)
        found += [f"{wordless} pictures without words for those who do not see"] if wordless else []
        found += [f"a formula that cannot be read: {one!r}" for one in self.page.evaluate(FORMULAS)]
        found += [f"JavaScript: {error[:300]}" for error in self.script_errors]
        foreign = self.addresses - {"127.0.0.1", "", None}  # None: data and blobs
        found += [f"the page asked for {host}" for host in sorted(foreign)]
        return found

    def controls(self):
        """The sliders, and the rows of buttons to choose from, as elements of the page."""
        return self.page.query_selector_all(
            ".jp-OutputArea .widget-slider, .jp-OutputArea .widget-toggle-buttons"
        )

    def label(self, control):
        label = control.query_selector(".widget-label")
        return label.inner_text() if label else "without a label"

    def operate(self, control, patience=20):
        """Move a slider to both its ends, or choose each of the buttons that is not chosen.

        Returns, for each move, whether the output that the control belongs to has changed.
        """
        handle = control.query_selector(".noUi-handle")
        if handle:
            handle.scroll_into_view_if_needed()
            handle.focus()
            press = self.page.keyboard.press
            acts = [functools.partial(press, key) for key in self.keys(handle)]
        else:
            acts = [
                button.click for button in control.query_selector_all("button:not(.mod-active)")
            ]
        return [self.redrawn(control, act, patience) for act in acts]

    def keys(self, handle):
        """To both ends, the one where the slider stands last."""
        now, highest = (float(handle.get_attribute(f"aria-value{end}")) for end in ("now", "max"))
        return ("Home", "End") if now == highest else ("End", "Home")

    def redrawn(self, control, act, patience):
        before, until = control.evaluate(SHOWN), time.monotonic() + patience
        act()
        while time.monotonic() < until:
            if control.evaluate(SHOWN) != before:
                return True
            self.page.wait_for_timeout(50)
        return False

    def screenshot(self, path):
        """The whole notebook, from the first cell to the last."""
        height = "[...document.querySelectorAll('.jp-Cell')].reduce((n, c) => n + c.offsetHeight"
        tall = int(self.page.evaluate(f"{height} + 12, 260)"))
        self.page.set_viewport_size({**WINDOW, "height": min(tall, HIGHEST)})
        self.page.evaluate(
            "document.querySelectorAll('.jp-WindowedPanel-outer').forEach((e) => e.scrollTop = 0)"
        )
        self.page.wait_for_timeout(500)
        self.page.screenshot(path=path)
        self.page.set_viewport_size(WINDOW)

    def close(self):
        """Shut the kernel down, which may hold a gigabyte, and close the page."""
        self.page.evaluate(
            "window.jupyterapp.shell.currentWidget.context.sessionContext.shutdown()"
        )
        self.page.context.close()
