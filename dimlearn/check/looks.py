"""What a check sees in a model that a learner's function built.

Each look yields every `Fault`, the most important first, and may rely on those before it. `where`:
what the model was built for, "For images [8, 8, 1] and code_dim = 7".
"""

import numpy as np

from dimlearn.check.answers import describe
from dimlearn.check.faults import Fault, side_effect_fault
from dimlearn.check.inside import (
    code_comes_from_map,
    code_sees_more_than_map,
    dense_layers,
    what_is_behind,
)
from dimlearn.startup import keras


def faults_of_a_model(call, model, images, where):
    """Did the call leave the world alone, is it a model, and does it take images?"""
    if call.side_effect:
        yield side_effect_fault(call.side_effect, [])
    if not isinstance(model, keras.Model):
        text = f"{where} your function returned {describe(model)}; expected a `keras.Model`."
        yield Fault("no model", text, describe(model))
    try:
        model(images)
    except Exception as error:  # a model that cannot take the images that it was built for
        name = type(error).__name__
        text = f"{where} your model does not take such images: calling it raised {name}."
        yield Fault("call", text, name)


def faults_of_outputs(model, images, code_dim, where):
    """Are there two, of the right shapes, and is something learnt on the way to them?"""
    outputs = model(images)
    if not isinstance(outputs, (tuple, list)) or len(outputs) != 2:
        count = len(outputs) if isinstance(outputs, (tuple, list)) else 1
        text = f"{where} your model has {count} output(s); expected two, `(feature_map, code)`."
        yield Fault("outputs", text, str(count))
    feature_map, code = outputs
    evidence = str(tuple(code.shape))
    if len(feature_map.shape) == 2 and len(code.shape) == 4:
        text = f"{where} the first output is the code; expected the feature map first."
        yield Fault("exchanged", text, evidence)
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
        yield Fault("no dense", f"{where} no dense layer of your model gives the code.", "")
    kinds = [what_is_behind(model, images, dense) for dense in candidates]
    kind = kinds[-1] if all(kinds) else ""
    if kind in ("normalised", "noisy"):
        text = f"""{where} something stands behind the last dense layer of your model: while
            training, the code is not what that layer gives. Expected `Dense(code_dim)` and nothing
            after."""
        yield Fault("not linear", text, kind)
    if kind:
        text = f"""{where} your code is not linear: with the weights of its last dense layer twice
            as large, it is not twice as large. Expected `Dense(code_dim)` with no activation and no
            normalisation behind it."""
        yield Fault("not linear", text, kind)
    if not code_comes_from_map(model, images):
        text = f"""{where} your code does not depend on the layers that make the feature map;
            expected it to be computed from the map."""
        yield Fault("past the map", text, "")
    if code_sees_more_than_map(model):
        text = f"{where} your code does not come from the feature map alone."
        yield Fault("past the map", text, "beside it")
