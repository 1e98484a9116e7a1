"""Sliders and live pictures of the lessons.

    explorer(draw, temperature=(0.1, 2.0, 0.1, 1.0), batch=[32, 64, 128])
    model.fit(images, epochs=5, verbose=0, callbacks=[LiveTraining()])

A slider's callback may run on another thread while a cell is running, so nothing here touches
pyplot's shared figure, and one lock lets only one picture be drawn at a time. Every picture keeps
its text alternative. A lesson shows the same picture without widgets too, for those who read it
on paper.
"""

import threading
import time

import ipywidgets
from IPython.display import display

from dimlearn.pictures.lessons import canvas, show
from dimlearn.pictures.style import BLUE, ORANGE
from dimlearn.startup import keras

_drawing = threading.Lock()


def explorer(draw, **controls):
    """Controls above a picture that is drawn anew when one of them changes: a widget to display.

    `draw(**values)` returns a picture (what `pictures.show` returns). Each of `controls` is named
    as an argument of `draw`: a tuple `(lowest, highest, step, first)` makes a slider, a list of
    choices a row of which one is selected, at first the first.
    """
    made = {name: _control(name, values) for name, values in controls.items()}
    picture = ipywidgets.HTML()

    def redraw(change=None):
        with _drawing:
            picture.value = draw(**{name: one.value for name, one in made.items()})._repr_html_()

    for control in made.values():
        control.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox([*made.values(), picture])


def _control(name, values):
    label = name.replace("_", " ")
    if isinstance(values, list):
        return ipywidgets.ToggleButtons(options=values, description=label)
    lowest, highest, step, first = values
    kind = ipywidgets.IntSlider if isinstance(step, int) else ipywidgets.FloatSlider
    slider = kind(first, min=lowest, max=highest, step=step, description=label)
    slider.continuous_update = False  # a drawing for every place passed would queue up behind it
    return slider


class LiveTraining(keras.callbacks.Callback):
    """Shows a training while it runs: a bar of batches, and the terms of the loss after each epoch.

    `terms`: which of the history's terms to draw, and how to call them, `{name: label}`. Without
    it only the bar is shown.
    """

    def __init__(self, terms=None):
        super().__init__()
        self.terms, self.told = terms or {}, 0.0

    def on_train_begin(self, logs=None):
        self.steps = self.params.get("steps") or 0
        self.bar = ipywidgets.IntProgress(
            0, max=max(1, self.steps * self.params["epochs"]), description="training"
        )
        self.label = ipywidgets.Label("the first batch takes longest")
        self.picture = ipywidgets.HTML()
        self.history = {name: [] for name in self.terms}
        self.began, self.batches = time.monotonic(), 0
        display(ipywidgets.VBox([ipywidgets.HBox([self.bar, self.label]), self.picture]))

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        # With several steps in one execution Keras counts past the last one.
        self.batches = self.epoch * self.steps + min(batch + 1, self.steps or batch + 1)
        if time.monotonic() - self.told > 0.3:  # a message to the browser costs more than a step
            self.told = time.monotonic()
            self.tell(logs)

    def on_epoch_end(self, epoch, logs=None):
        for name, values in self.history.items():
            values.append(float(logs[name]))
        if self.history:
            with _drawing:
                self.picture.value = self.draw()._repr_html_()

    def on_train_end(self, logs=None):
        self.tell(logs)

    def tell(self, logs):
        self.bar.value = self.batches
        loss = f", loss {float(logs['loss']):.3f} nats" if logs and "loss" in logs else ""
        seconds = time.monotonic() - self.began
        of_all = f" of {self.bar.max}" if self.steps else ""
        self.label.value = f"batch {self.batches}{of_all}, {seconds:.0f} s{loss}"

    def draw(self):
        figure, axis = canvas()
        epochs = range(1, len(next(iter(self.history.values()))) + 1)
        styles = zip((BLUE, ORANGE), ("o-", "s--"))
        for (name, values), (color, style) in zip(self.history.items(), styles):
            axis.plot(epochs, values, style, color=color, label=self.terms[name])
        axis.set(xlabel="epoch", ylabel="nats", xlim=(0.5, self.params["epochs"] + 0.5))
        axis.legend(frameon=False)
        told = ", ".join(f"{self.terms[k]} {v[-1]:.2f}" for k, v in self.history.items())
        return show(figure, f"The terms of the training after epoch {epochs[-1]}, in nats: {told}.")
