"""A learner at the keyboard: what is written and run in a page by clicks and keys alone.

    learner = Learner(page)           # a `browser.Page`
    learner.run_to("check.entropy(")  # Shift+Enter, cell after cell
    learner.write_over("def entropy", "raise NotImplementedError", "return 0")
    learner.verdict("check.entropy(")

A text names the first cell that holds it.
"""

# The place of the first cell that holds a text, and how often it has run.
PLACE = """(text) => window.jupyterapp.shell.currentWidget.content.widgets
  .findIndex((cell) => cell.model.sharedModel.getSource().includes(text))"""
RUN_AGAIN = """([place, before]) => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[place];
  return cell.model.executionCount !== null && cell.model.executionCount !== before;
}"""
COUNT = """(place) =>
  window.jupyterapp.shell.currentWidget.content.widgets[place].model.executionCount"""


class Learner:
    """Somebody who reads a notebook from its first cell on."""

    def __init__(self, page):
        self.page = page.page
        self.page.locator(".jp-Notebook .jp-Cell").first.click()
        self.page.keyboard.press("Escape")  # out of the text, to the cells
        self.here = 0

    def run_to(self, text, patience=120):
        """Run all cells from here to the one that holds a text, and wait until it has run."""
        place = self.page.evaluate(PLACE, text)
        before = self.page.evaluate(COUNT, place)
        while self.here <= place:
            self.page.keyboard.press("Shift+Enter")
            self.here += 1
        self.page.wait_for_function(RUN_AGAIN, arg=[place, before], timeout=1000 * patience)

    def write_over(self, cell, line, text):
        """Click at a line of the code cell that holds a text, and type another line over it."""
        self.here = self.page.evaluate(PLACE, cell)
        self.cell(cell).locator(".cm-line", has_text=line).click()
        self.page.keyboard.press("End")
        self.page.keyboard.press("Shift+Home")  # to the first letter: the indentation stays
        self.page.keyboard.type(text)

    def verdict(self, cell):
        """What stands below the cell that holds a text."""
        return self.cell(cell).locator(".jp-OutputArea-output").last.inner_text()

    def cell(self, text):
        return self.page.locator(".jp-CodeCell", has_text=text).first
