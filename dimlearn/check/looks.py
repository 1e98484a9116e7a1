"""What a check sees in a model that a learner's function built.

Each look yields every `Fault`, the most important first, and may rely on those before it. `where`:
what the model was built for, "For images [8, 8, 1] and code_dim = 7".
"""

import numpy as np

from dimlearn.check.answers import describe
from dimlearn.check.faults import Fault
from dimlearn.check.inside import (
    code_comes_from_map,
    code_sees_more_than_map,
    dense_layers,
    hidden_layers,
    what_is_behind,
)
from dimlearn.startup import keras


def faults_of_a_model(model, images, where):
    """Is it a model, and does it take images?"""
    if not isinstance(model, keras.Model):
        text = f"{where} your function returned {describe(model)}; expected a `keras.Model`."
        yield Fault("no model", text, describe(model))
    try:
        model(images)
    except Exception as error:  # a model that cannot take the images that it was built for
        name = type(error).__name__
        text = f"{where} your model does not take such images: calling it raised {name}."
        yield Fault("call", text, name)


def faults_of_its_layers(model, where):
    """Can later cells look into it? They use `encoder.outputs` and `encoder.layers`."""
    if not getattr(model, "outputs", None):
        text = f"""{where} your model has no `outputs`: only a `call` of its own.
            Expected a functional model."""
        yield Fault("not functional", text, "")
    hidden = hidden_layers(model)
    if hidden:
        text = f"""{where} a {type(hidden[0]).__name__} of your model is not among its `layers`, but
            inside one of them. Expected every convolution and batch normalisation there."""
        yield Fault("nested", text, "")


def faults_of_outputs(model, images, code_dim, where):
    """Are there two, of the right shapes, and is something learnt on the way to them?"""
    outputs = model(images)
    if not isinstance(outputs, (tuple, list)) or len(outputs) != 2:
        several = f"{len(outputs)} outputs" if isinstance(outputs, (tuple, list)) else "one output"
        seen = "a dictionary of outputs" if isinstance(outputs, dict) else several
        text = f"{where} your model has {seen}; expected the pair `(feature_map, code)`."
        yield Fault("outputs", text, seen)
    feature_map, code = outputs
    evidence = str(tuple(code.shape))
    if len(feature_map.shape) == 2 and len(code.shape) == 4:
        text = f"{where} the first output is the code; expected the feature map first."
        yield Fault("exchanged", text, "")
    seen = f"{where} your feature map has the shape {list(feature_map.shape)}"
    if len(feature_map.shape) != 4:
        yield Fault("flat map", f"{seen}; expected [N, M, M, C].", evidence)
    _, height, width, _ = feature_map.shape
    if height != width:
        yield Fault("not square", f"{seen}; expected a square.", evidence)
    if height < 2:
        text = f"{where} your feature map has one location; expected M above 1."
        yield Fault("one location", text, "")
    if tuple(code.shape) != (len(images), code_dim):
        text = f"{where} your code has the shape {list(code.shape)}; expected [N, {code_dim}]."
        yield Fault("code shape", text, evidence)
    if feature_map.shape == images.shape and np.allclose(feature_map, images):
        text = f"""{where} your feature map is the image itself; expected what convolutions make of
            it."""
        yield Fault("no convolution", text, "")
    if not model.trainable_variables:
        yield Fault("nothing to train", f"{where} your model has no trainable variables.", "")


def faults_of_the_code(model, images, where):
    """Is it linear in its last weights, free of normalisation, and computed from the map?"""
    candidates = dense_layers(model, model(images)[1].shape[-1])
    if not candidates:
        text = f"""{where} no dense layer of your model has `code_dim` units; expected the code's
            last layer to be one."""
        yield Fault("no dense", text, "")
    kinds = [what_is_behind(model, images, dense) for dense in candidates]
    kind = kinds[-1] if all(kinds) else ""
    if kind:
        yield Fault("not linear", f"{where} {BEHIND.get(kind, NOT_LINEAR)}", kind)
    more, follows = code_sees_more_than_map(model), code_comes_from_map(model, images)
    if more and not follows:
        text = f"{where} no gradient leads from your code to the layers that make the feature map."
        yield Fault("past the map", text, "")
    if more:
        text = f"{where} your code does not come from the feature map alone."
        yield Fault("past the map", text, "beside it")
    if not follows:
        text = f"""{where} your code is computed from the feature map, but its gradient does not
            reach the layers that make the map."""
        yield Fault("cut", text, "")


NOT_LINEAR = """your code is not linear: with the weights of its last dense layer twice as large, it
is not twice as large. Expected a dense layer without activation, and nothing behind it."""

AFTER = """is not what the last dense layer gives. Expected nothing behind that layer."""

BEHIND = {
    "normalised": f"the code of your model {AFTER} It is shifted and scaled to a size of its own.",
    "noisy": f"while training, the code of your model {AFTER}",
    "more": f"the code of your model {AFTER}",
    "relu": f"""{NOT_LINEAR} Whatever its weights are, no entry is ever negative.""",
    "squashed": f"""{NOT_LINEAR} However large its weights are, it stays between 0 and 1.""",
    "between -1 and 1": f"""{NOT_LINEAR} However large its weights are, it stays between -1 and
        1.""",
}


def faults_of_two(first, second, where):
    """Do two models that were built one after the other start from weights of their own?"""
    pairs = zip(first.trainable_variables, second.trainable_variables)
    kernels = [(np.asarray(a), np.asarray(b)) for a, b in pairs if len(a.shape) > 1]
    alike = [np.array_equal(*pair) for pair in kernels]
    if any(alike):
        which = "the same" if all(alike) else "some of the same"
        text = f"""{where} two encoders, built one after the other, have {which} weights; expected
            other random ones."""
        yield Fault("same weights", text, "")
