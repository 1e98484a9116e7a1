"""What a Deep InfoMax model cannot be made of, each told in a sentence."""

import math
import operator

from dimlearn.deep_infomax.critics import CRITICS
from dimlearn.deep_infomax.prior import PRIORS
from dimlearn.errors import InputError

WEIGHTS = ("alpha", "beta", "gamma", "coordinates", "offsets")
CHOICES = {"critic": CRITICS, "negatives": ("all", "one"), "prior": PRIORS}


def check_settings(**settings):
    """The settings of a `DeepInfoMax`, numbers as plain ones, or an `InputError`.

    Bounds and views are looked at where they are found.
    """
    plain = check_weights({name: settings[name] for name in WEIGHTS})
    for name, choices in CHOICES.items():
        check_choice(name, settings[name], choices)
    units = settings["units"]
    plain["units"] = whole_number("units", units) if units else None
    plain["occlusion"] = check_part("occlusion", settings["occlusion"])
    plain["seed"] = operator.index(settings["seed"])
    return settings | plain


def check_weights(weights):
    """The weights as plain numbers, or an `InputError`: finite, not negative and not all 0."""
    for name, weight in weights.items():
        try:
            good = math.isfinite(weight) and weight >= 0
        except TypeError:
            good = False
        if not good:
            raise InputError(f"{name} must be a finite number, 0 or more, but is {weight!r}")
    if not any(weights.values()):
        *first, last = weights
        raise InputError(f"{', '.join(first)} and {last} are all 0: there is nothing to train")
    return {name: float(weight) for name, weight in weights.items()}


def check_part(name, part):
    """A part of a whole, 0 or more and less than 1, as a plain number, or an `InputError`."""
    try:
        good = 0 <= part < 1
    except TypeError:
        good = False
    if not good:
        raise InputError(f"{name} must be at least 0 and below 1, but is {part!r}")
    return float(part)


def check_choice(name, value, choices):
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}, but is {value!r}")


def whole_number(name, value):
    """A count, at least 1, as a plain integer; `InputError` for what is none."""
    try:
        count = operator.index(value)
    except TypeError:
        raise InputError(f"{name} must be a whole number, but is {value!r}") from None
    if count < 1:
        raise InputError(f"{name} must be at least 1, but is {value!r}")
    return count


def check_encoder(encoder, settings):
    """Raise `InputError` unless Deep InfoMax can train the encoder, which may be any user's."""
    if not all(hasattr(encoder, name) for name in ("inputs", "output", "outputs")):
        raise InputError("""the encoder must be a functional keras.Model: for a model of your own
            class take keras.Model(images, encoder(images)) with images = keras.Input(shape)""")
    kind, shapes = type(encoder.output), [output.shape for output in encoder.outputs]
    if not issubclass(kind, (tuple, list)) or list(map(len, shapes)) != [4, 2]:
        raise InputError(f"""the encoder must give a pair: feature map [N, M, M', C], code [N, D];
            its output is a {kind.__name__} with the shapes {shapes}""")
    if None in (shapes[0][3], shapes[1][1]):
        raise InputError(f"the encoder's C and D must be known, but its outputs are {shapes}")
    if len(encoder.inputs) != 1 or len(encoder.inputs[0].shape) != 4:
        raise InputError("the encoder must have one input: images [N, H, W, channels]")
    for name in ("alpha", "coordinates", "offsets"):  # terms that know the map's locations apart
        if settings[name] and None in shapes[0][1:]:
            raise InputError(f"""{name} above 0 needs a feature map of a fixed size, but the
                encoder's is {shapes[0]}: give its input a height and a width, or train with
                {name} = 0""")
    for layer in encoder.layers:
        if getattr(layer, "data_format", None) == "channels_first":
            raise InputError(f"""the encoder's layer {layer.name} has data_format channels_first:
                feature maps must be [N, M, M', C], so build it with channels_last""")
