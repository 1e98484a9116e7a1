# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 The encoder
#
# **Afterwards you can**
#
# - say what a feature map and a code are, and compute how large a map is;
# - point at the pixels that one location of a map sees, and prove it by experiment;
# - build the encoder that the rest of the course trains, and say why its code is linear;
# - say what batch normalisation does to an encoder that is judged, and settle it;
# - measure what an encoder is worth that has learnt *nothing*: the control for every later table.
#
# **Time** two sittings of about 34 and 35 minutes. **You need** lesson 00, NumPy, and to have met a
# convolution before (a small window of weights that slides over an image).

# %%
import math

import numpy as np

from dimlearn import check, data, evaluation, pictures
from dimlearn.deep_infomax import settle
from dimlearn.pictures import explorer, image_grid, show
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## One image, two descriptions
#
# Deep InfoMax compares two descriptions of the same image. The **feature map** has a vector for
# every neighbourhood: what is *here*? The **code** is one vector for the whole image: what is
# this? The encoder makes both. We build it from the bottom up, starting with the images: 3,000 of
# them are enough for this lesson.

# %%
images = data.load(limit=3000)
some = slice(0, 20 * 37, 37)
print("training images:", images.x_train.shape, " test images:", images.x_test.shape)
show(image_grid(images.x_train[some]), "Twenty small images of the training set, in two rows.")

# %% [markdown]
# ## Where a window fits
#
# A convolution slides a window of `kernel` pixels along the image, `stride` pixels at a time, and
# writes one number per place (and per filter). Here is one row of 11 pixels, with a window of 4 and
# a stride of 2. With the padding called `"valid"` the window must not stick out:

# %%
size, kernel, stride = 11, 4, 2
starts = range(0, size - kernel + 1, stride)
show(pictures.windows(size, kernel, starts), f"""A row of 11 grey pixels and {len(starts)} blue bars above it, the places of the
window: each is 4 pixels long and starts 2 pixels further right. The last pixel is under none.""")

# %% [markdown]
# The window starts at 0, 2, 4 and 6; at 8 it would stick out. **Predict**: how many places are
# there in rows of 8 to 14 pixels, for the same window? Count without a picture: how far may a
# start lie at most, and how many strides is that?

# %%
for size in range(8, 15):
    print(size, "pixels:", len(range(0, size - kernel + 1, stride)), "places")

# %% [markdown]
# Every second row has no place more than the one before. The other padding, `"same"`, adds zeros at
# both ends, so that the window may stick out: in the row of 11 pixels it starts at -1, 1, 3, 5, 7
# and 9. There is one place for *every* `stride`-th pixel, 0, 2, 4, 6, 8 and 10, and the kernel
# plays no part in their number.
#
# ### Exercise 1: `feature_map_size`, faded
#
# *Easy, 6 minutes. Stuck? `check.hint("feature_map_size")`, as often as you like; you may also move
# on.*
#
# Several convolutions follow each other, and each works on what the one before has left. `layers`
# is a list such as `[(4, 2, "valid"), (3, 1, "same")]`. Write the loop. Which of the two paddings
# drops a stride that is not whole, and which counts it? Whole numbers only: `//` rounds down, and
# `-(-a // b)` rounds up. You need not care for a window that is larger than what
# is left: the check does not ask for it.

# %% tags=["claim"]
# in the row of 11 pixels it starts at -1, 1, 3, 5, 7 and 9
ones = tf.eye(11)[..., None]  # row i has a 1 at pixel i, and 0 elsewhere
under = tf.nn.conv1d(ones, tf.ones((4, 1, 1)), 2, "SAME")[..., 0].numpy()  # [pixel, place]
assert [np.nonzero(place)[0].tolist() for place in under.T] == [
    [pixel for pixel in range(start, start + 4) if 0 <= pixel < 11] for start in range(-1, 10, 2)
]


# %% tags=["solution"]
def feature_map_size(input_size, layers):
    """Side of the map after the layers `(kernel, stride, padding)`: a whole number."""
    size = input_size
    # Yours: `for kernel, stride, padding in layers:` give `size` its new value; `return` it.
    for kernel, stride, padding in layers:
        if padding == "valid":
            size = (size - kernel) // stride + 1
        else:  # "same"
            size = -(-size // stride)
    return size


# %% tags=["nbval-check-output"]
feedback = check.feature_map_size(feature_map_size)
map_size = feedback.use
feedback

# %% [markdown]
# **Predict**: two convolutions with a window of 5 and a stride of 2, both "valid". How large is the
# map of an image of 28×28 pixels? And of one of 16×16? And both with the padding "same"?

# %%
for padding in ("valid", "same"):
    stack = [(5, 2, padding), (5, 2, padding)]
    print(padding, {side: map_size(side, stack) for side in (28, 16)})

# %% [markdown]
# Without padding a single location is left of 16 pixels, and of 8 pixels there would be nothing:
# the second window is larger than what the first has left. The check of your encoder, further down,
# will try images of 8×8 for that reason.
#
# ## A feature map, seen
#
# From here on we look at two convolutions without padding: windows of 5×5 with a stride of 3, then
# windows of 3×3 with a stride of 1. Nobody has trained them: their weights are random.

# %%
stack = [(5, 3, "valid"), (3, 1, "valid")]
filters = (32, 64)
keras.utils.set_random_seed(run_seed())
convolutions = keras.Sequential([keras.Input(images.image_shape)])
for channels, (kernel, stride, padding) in zip(filters, stack):
    convolutions.add(keras.layers.Conv2D(channels, kernel, stride, padding, activation="relu"))

# %%
digit = images.x_train[74]
feature_map = convolutions(digit[None]).numpy()
M = map_size(len(digit), stack)
print("feature map:", feature_map.shape, " your M:", M)

# %% [markdown]
# Five of the channels that answer to this image, each with its own scale of blue: the darkest field is
# the largest answer of *that* channel.

# %%
show(pictures.channels(digit, feature_map[0]), f"""An image, and five channels of its feature map: coarse pictures of {M} by {M}
fields, dark where the filter of that channel finds what it looks for.""")

# %% [markdown]
# Read the shape `[N, M, M, C]` like this: $N$ images, $M \times M$ **locations**, and at each
# location a vector of $C$ numbers, the **channels**. A channel is one filter's answer at every
# location; a location is all filters' answers at one place.
#
# ## What one location sees
#
# **Predict**: one location of the first map sees 5×5 pixels. How many pixels, side by side, does
# one location of the *second* map see? Write a number down. (Which of the two strides plays a
# part?)
#
# Two experiments will tell. First, change a single pixel and look which locations notice. The image
# is noise, so that no pixel is empty by accident.

# %%
noise = np.random.default_rng(run_seed()).uniform(size=(1, *images.image_shape)).astype("float32")
changed = noise.copy()
changed[0, 13, 13] = 3.0
moved = np.abs(convolutions(changed) - convolutions(noise)).sum(axis=-1)[0]
print("locations that noticed:", np.count_nonzero(moved), "of", moved.size)


# %% [markdown]
# Second, the other way round: take *one* location, and ask for every pixel how much the location
# would change with it. That is a gradient. It speaks of this one image, but in noise hardly any
# pixel is without effect by accident: where it is 0, the pixel does not matter. A gradient
# belongs to one number and a location is a vector: we take the sum of the squares of its entries.

# %%
def pixels_that_matter(model, row, column):
    """The size of the gradient of one location of a model's map for every pixel: `[H, W]`."""
    image = tf.constant(noise)
    with tf.GradientTape() as tape:
        tape.watch(image)
        here = tf.reduce_sum(model(image)[:, row, column] ** 2)
    return np.abs(tape.gradient(here, image)).sum(axis=(0, 3))


# %%
seen = pixels_that_matter(convolutions, 1, 2)
show(pictures.pixel_map(seen, "size of the gradient"), """A square of blue pixels on an otherwise white image: only these matter for the
location in row 1 and column 2 of the map, some more than others.""")

# %%
rows, columns = np.nonzero(seen)
print(f"rows {rows.min()} to {rows.max()}, columns {columns.min()} to {columns.max()}")
print("side of the square:", rows.max() - rows.min() + 1)


# %% [markdown]
# A square of 11 pixels: the **receptive field** of the location. Not 5 + 3 = 8, and not 5 × 3 = 15.
# The second window covers 3 neighbours of the first map. How far apart are these, in pixels of the
# image? Draw it: three bars of 5 pixels, each a stride further.
#
# ### Exercise 2: `receptive_field`, free
#
# *Medium, 8 minutes.* How large is the square for any list of layers? Which two numbers do you
# have to carry from layer to layer? The padding does not matter. Try yours on the stack above, and
# on the stack with its two layers exchanged, where 7 is right.

# %% tags=["solution"]
def receptive_field(layers):
    """Side, in pixels, of what one location of the last map sees: a whole number."""
    field, jump = 1, 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field


# %% tags=["nbval-check-output"]
feedback = check.receptive_field(receptive_field)
field_of = feedback.use
feedback

# %% [markdown]
# Go one location to the right in the map, and the square moves by the product of all strides, here
# $3 \cdot 1 = 3$ pixels: the `jump`. If your number is right, the square that it draws holds all
# pixels that matter, and no other.

# %%
field = field_of(stack)
jump = math.prod(stride for _, stride, _ in stack)
row, column = 1, 2
square = np.zeros(noise.shape[1:3], bool)
square[row * jump : row * jump + field, column * jump : column * jump + field] = True
print(f"field {field}, jump {jump}; square and gradient agree:", np.array_equal(square, seen > 0))


# %% [markdown]
# ## The field on an image
#
# What does that location see of a digit?

# %%
def draw_field(row, column, image=74):
    figure = pictures.framed(images.x_train[image], row * jump, column * jump, field)
    return show(figure, f"""An image with an orange frame around the {field} by {field} pixels that
    the location in row {row}, column {column} of the map sees, and these pixels enlarged.""")


# %% [markdown]
# Move the location with the sliders; each is given as `(lowest, highest, step, first)`. The picture
# below them is the same one for those who read without widgets.

# %%
explorer(draw_field, row=(0, M - 1, 1, 1), column=(0, M - 1, 1, 2),
         image=(0, 999, 1, 74))  # fmt: skip

# %%
draw_field(row=1, column=2)

# %% [markdown]
# From a piece like that you can't name a digit, but you can say that there is a stroke, and which
# way it runs. This is what the *local* objective of lesson 06 will work with.
#
# Neighbouring squares overlap: they are 11 pixels large and 3 apart. **Predict**: which pixels are
# seen by most locations, and is there one that nobody sees?

# %%
watchers = np.zeros(noise.shape[1:3])
for top in range(0, M * jump, jump):
    for left in range(0, M * jump, jump):
        watchers[top : top + field, left : left + field] += 1
show(pictures.pixel_map(watchers, "locations that see the pixel"), """A checkered pattern: pixels in
the middle are seen by many locations, those near the border by few, and the last rows and columns
by none.""")

# %%
print(f"seen by {watchers.min():.0f} to {watchers.max():.0f} locations;",
      f"pixels that nobody sees: {np.count_nonzero(watchers == 0)}")  # fmt: skip

# %% [markdown]
# With images of 28 pixels the last two rows and columns fall off the end: $5 \cdot 3 + 11 = 26$.
# For digits that is no loss, for your own images it may be one, and `"same"` padding would mend it.
#
# ## What one channel responds to
#
# Here are, for four channels, the six pieces of 500 images at which the channel is largest.
# **Predict**: will untrained filters pick pieces that have something in common?

# %%
maps = convolutions(images.x_train[:500]).numpy()
pieces = []
for channel in range(4):
    for which in np.argsort(-maps[..., channel].max(axis=(1, 2)))[:6]:
        row, column = np.unravel_index(maps[which, ..., channel].argmax(), (M, M))
        top, left = row * jump, column * jump
        pieces.append(images.x_train[which, top : top + field, left : left + field])
titles = [f"channel {number // 6}" if number % 6 == 0 else "" for number in range(24)]
show(image_grid(np.array(pieces), titles, columns=6), """Four rows of six pieces of images. In
most rows the pieces look alike: an edge or a corner at the same place. Some rows differ clearly
from each other, and some hardly.""")


# %% [markdown]
# Mostly they do: within a row, light and dark tend to lie the same way. A random filter is a random
# question about a neighbourhood, and still a question. Training will not have to invent answers
# from nothing; it has to make the questions *worth asking*.
#
# *A sitting may end here. What you wrote is kept: on another day, run all cells above once and go
# on.*
#
# ## The encoder
#
# Now the whole: convolutions give the feature map, the map is lined up to one long vector
# (`Flatten`), and dense layers make the code of it.
#
# $$\text{image} \;\xrightarrow{\text{convolutions}}\; \text{feature map } [M, M, C]
# \;\xrightarrow{\text{flatten, dense}}\; \text{code } [D]$$
#
# ### Exercise 3: `build_encoder`, free
#
# *Medium, 10 minutes.* Return a `keras.Model` with *two* outputs, `(feature_map, code)`. How many
# filters and layers is up to you (16 to 64 filters train quickly on a laptop, and batch
# normalisation after a convolution helps, and so does a nonlinearity such as ReLU: without any, the
# code would be a weighted sum of the pixels). What is asked:
#
# - any square image of 8×8 pixels or more, with a map of more than one location, $M > 1$;
# - the code is computed *from the map*;
# - the last layer is dense with `code_dim` units and nothing behind it: no activation, no
#   normalisation;
# - the model is functional, from `keras.Input` to `keras.Model`, and its convolutions stand in it
#   directly: later cells look into it.
#
# Lessons 05, 08 and 11 train your encoder. They take the last one that this check has accepted, in
# this notebook or in any other: when you have tried another, run the check on the one that is to
# stay. (Lessons 06 and 07 train the package's, with which their recorded runs were made.)

# %% tags=["solution"]
def build_encoder(input_shape, code_dim):
    """A keras.Model from images to (feature_map [N, M, M, C], code [N, code_dim])."""
    image = keras.Input(input_shape)
    x = keras.layers.Conv2D(32, 4, 2, padding="same", use_bias=False)(image)
    x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    x = keras.layers.Conv2D(64, 4, 2, padding="same", use_bias=False)(x)
    feature_map = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    x = keras.layers.Dense(128, activation="relu")(keras.layers.Flatten()(feature_map))
    code = keras.layers.Dense(code_dim)(x)
    return keras.Model(image, (feature_map, code))


# %% tags=["nbval-check-output"]
feedback = check.build_encoder(build_encoder)
build = feedback.use
feedback

# %%
keras.utils.set_random_seed(run_seed())
encoder = build(images.image_shape, 64)
feature_map, code = encoder(images.x_train[:6])
print("feature map:", tuple(feature_map.shape), " code:", tuple(code.shape))
print("weights:", encoder.count_params())

# %% [markdown]
# What does one location of *your* map see? The experiment answers for any encoder. Your formula
# has its say too, on the convolutions that lead to the map. (If you used other windows, such as
# pooling, add them by hand. A square that reaches past the border shows only its inner part.)

# %%
middle = feature_map.shape[1] // 2
only_map = keras.Model(encoder.input, encoder.outputs[0])
rows, columns = np.nonzero(pixels_that_matter(only_map, middle, middle))
print(f"location ({middle}, {middle}) sees rows {rows.min()} to {rows.max()}",
      f"and columns {columns.min()} to {columns.max()}")  # fmt: skip

# %%
own_stack = [(layer.kernel_size[0], layer.strides[0], layer.padding)
             for layer in only_map.layers if isinstance(layer, keras.layers.Conv2D)]  # fmt: skip
print(own_stack)
print("side by your formula:", field_of(own_stack), " seen:", rows.max() - rows.min() + 1)

# %% [markdown]
# ## Batch normalisation looks sideways
#
# A location sees its square and nothing else: so said experiment and formula, both without batch
# normalisation at work. It normalises each channel by the mean and the variance of *the batch*.
# **Predict**: we change image 1 of a batch completely. Does the map of image 0 notice?

# %%
pair = tf.constant(images.x_train[:2])
other = tf.concat([pair[:1], 1 - pair[1:]], axis=0)
for training in (False, True):
    change = encoder(other, training=training)[0][0] - encoder(pair, training=training)[0][0]
    print(f"training={training}: largest change {np.abs(change).max():.3f}")


# %% [markdown]
# With `training=True` (if your encoder has batch normalisation) image 0 notices its neighbour,
# because they share a mean. So a code that is to be *judged* is made with `training=False`: else
# the test images would see each other. Then the layer normalises by **stored averages**, which
# training updates a little with every batch.
#
# Your encoder has seen two pairs of images in training mode, and its averages began at mean 0 and
# variance 1. **Predict**: are they near those of real images?

# %%
def first_variance(encoder):
    """Stored and true variance, the mean over channels, before the first batch normalisation."""
    norms = [one for one in encoder.layers if isinstance(one, keras.layers.BatchNormalization)]
    if not norms:  # an encoder without batch normalisation has nothing to settle
        return np.nan, np.nan
    before = keras.Model(encoder.input, norms[0].input)(images.x_train[:500])
    return np.mean(norms[0].moving_variance), np.mean(np.var(before, axis=(0, 1, 2)))


print("stored variance {:.3f}, true variance {:.3f}".format(*first_variance(encoder)))

# %% [markdown]
# They are far off, and they would be for a while: each batch moves the stored average by a
# hundredth of the way. An encoder that is judged after a short training is judged with averages
# that belong to no images. `settle` replaces them by the averages over real images, and changes
# nothing else.

# %%
settle(encoder, images.x_train)
print("stored variance {:.3f}, true variance {:.3f}".format(*first_variance(encoder)))

# %% tags=["claim"]
# They are far off, and they would be for a while: each batch moves the stored average by a hundredth
# of the way.
stored, true = first_variance(build(images.image_shape, 64))
assert stored == 1 and true < 0.5
stored, true = first_variance(encoder)
assert abs(stored - true) < 0.1 * true


# %% [markdown]
# From now on an encoder is settled before anybody judges it.
#
# ## What a random encoder already does
#
# Soon we shall train encoders and be pleased with what their codes can do. But compared with
# *what*? With guessing, anything looks good. The fair control is the same encoder with the weights
# it starts from: whatever its code can do was not learnt.
#
# A code is judged by a **probe**: a simple classifier that is trained on the codes and labels of
# training images and evaluated on test images. The encoder is frozen. Before it is probed, each
# number of the code is **standardised**: it gets the mean 0 and the deviation 1 over the training
# images. So no number counts more than another because it is large. Three probes:
#
# - *linear*: logistic regression, with all labels;
# - *neighbours*: the vote of the 5 nearest training codes;
# - *ten labels*: logistic regression from ten labelled images a class, the mean of five draws.

# %%
def worth(encoder):
    """Test accuracies of three probes on the frozen codes of an encoder."""
    codes = evaluation.frozen_codes(encoder, images)
    few = [evaluation.few_label_accuracy(codes, 10, run_seed(seed)) for seed in range(5)]
    return {"linear": evaluation.linear(codes), "neighbours": evaluation.knn(codes),
            "ten labels": np.mean(few)}  # fmt: skip


# %% [markdown]
# **Predict** two numbers for the linear probe (guessing is right in one of ten): on the pixels, and
# on the 64 numbers of a random code. Weights are random, so one random encoder is not enough: we
# take three, each *as built* (averages 0 and 1) and *settled*.

# %%
def judge(name, encoder):
    row = worth(encoder)
    print(f"{name:17}", {probe: f"{accuracy:.2f}" for probe, accuracy in row.items()})
    return row


pixels = judge("pixels", keras.layers.Flatten())

# %%
as_built, settled = [], []
for seed in range(3):
    keras.utils.set_random_seed(run_seed(seed))
    untrained = build(images.image_shape, 64)
    as_built.append(judge(f"as built, seed {seed}", untrained))
    settle(untrained, images.x_train)
    settled.append(judge(f"settled, seed {seed}", untrained))


# %%
def range_of(rows):
    """`{probe: (mean, lowest, highest)}` of the accuracies of some encoders."""
    return {probe: (np.mean(a), min(a), max(a))
            for probe in rows[0] for a in [[row[probe] for row in rows]]}  # fmt: skip


judged = {"pixels": range_of([pixels]), "as built": range_of(as_built), "settled": range_of(settled)}
show(pictures.accuracies(judged), """Test accuracies in percent of the pixels and of random encoders,
as built and settled, for three probes: dots for the mean of three encoders, between ticks for the worst
and the best.""")

# %% [markdown]
# Three things to take along:
#
# - A code that has learnt nothing is **far better than guessing**. With the linear probe our
#   three are ahead of the pixels as built, in their mean, and settled they are not far from them.
#   (In one run of ten they were not ahead.) Whoever reports "my code reaches 40 percent without
#   labels" on these digits has reported nothing.
# - With batch normalisation the very same weights are worth more as built than settled, with every
#   probe. So say which of the two a control is.
# - The same code gets three very different numbers from three probes. "Good" is not one number.
#
# ## What settling costs a random code
#
# Settling was the repair, and now it does harm. Why? (If your encoder has no batch normalisation,
# settling changes nothing, and each pair of numbers below is twice the same.) As built, each filter
# is as loud as its weights happen to make it. Settled, all are equally loud. Here are the channels
# of the first convolution of one encoder. **Predict**: which of them change most when the image
# moves by one pixel, the loud ones or the quiet ones?

# %% tags=["claim"]
# With the linear probe our three are ahead of the pixels as built, in their mean, and settled they
# are not far from them.
assert np.mean([row["linear"] for row in as_built]) > pixels["linear"] + 0.01
assert all(row["linear"] > pixels["linear"] - 0.1 for row in settled)

# %% tags=["claim"]
# With batch normalisation the very same weights are worth more as built than settled, with every
# probe.
for built, later in zip(as_built, settled):
    assert all(built[probe] > later[probe] for probe in built)


# %%
def change_by_a_pixel(model):
    """How far each output moves with the image, by a pixel; 1 is as far as to another image."""
    still = images.x_train[:500]
    before, after = (model(each).numpy() for each in (still, np.roll(still, 1, axis=2)))
    axes = tuple(range(before.ndim - 1))
    return ((before - after) ** 2).mean(axes) / (2 * before.var(axes)), before.std(axes)


# %%
first = next(layer for layer in untrained.layers if isinstance(layer, keras.layers.Conv2D))
change, loudness = change_by_a_pixel(keras.Model(untrained.input, first.output))
order = np.argsort(loudness)
for name, part in zip(("quiet", "loud"), np.split(order, [len(order) // 2])):
    print(f"{name} half: deviations {loudness[part].min():.3f} to {loudness[part].max():.3f}, "
          f"change by a pixel {change[part].mean():.2f}")  # fmt: skip

# %% [markdown]
# The quiet ones. A filter whose weights add up answers loudly, to the ink beneath it, and a pixel
# more or less makes little difference. A filter whose weights cancel each other answers quietly,
# to fine detail. Settling divides each channel by its deviation: the fine detail becomes as loud
# as the rest, and the random layers behind it mix it into every number of the code. **Predict**
# what that does to the code of an image that moves by one pixel.

# %%
moves = []
for seed in range(3):
    keras.utils.set_random_seed(run_seed(seed))
    again = build(images.image_shape, 64)
    codes_of = keras.Model(again.input, again.outputs[1])
    built = change_by_a_pixel(codes_of)[0].mean()
    settle(again, images.x_train)
    moves.append((built, change_by_a_pixel(codes_of)[0].mean()))
    print("change of the code by a pixel: as built {:.2f}, settled {:.2f}".format(*moves[-1]))

# %% [markdown]
# The settled code moves more with the pixel, and it is worth less. Whether one comes of the other is
# not shown by that, and we have not tested it. What can be tested is the loudness: is it that, or is
# it that settling also shifts each channel to the mean 0? We shift the channels of the last encoder,
# and divide all of a layer by *one* number: loud ones stay loud. **Predict**: which of its two rows
# of numbers will it be near, as built or settled?

# %%
for norm in again.layers:
    if isinstance(norm, keras.layers.BatchNormalization):  # one after the other, from the image on
        before = keras.Model(again.input, norm.input)(images.x_train[:1000])
        mean, variance = tf.nn.moments(before, range(before.ndim - 1))
        norm.moving_mean.assign(mean)
        norm.moving_variance.assign(tf.fill(variance.shape, tf.reduce_mean(variance)))
loud_again = judge("loud stay loud", again)
for name, row in {"as built": as_built[-1], "settled": settled[-1]}.items():
    print(f"{name:17}", {probe: f"{accuracy:.2f}" for probe, accuracy in row.items()})

# %% [markdown]
# With every probe a part of what settling had taken is back, in the mean of the three between two and
# four fifths of it. So the loudness is a large part of the reason, and not all of it.
#
# A trained encoder is another matter. Its weights were chosen *with* normalised channels, and
# without settling it would be a function that nobody trained. In this course every encoder of a
# table is settled, unless its row says *as built*. The random one is settled, too, because that is
# the function that training begins with. Keep in mind that it is the weaker of the two controls: **a
# gain over it may be no more than what settling took away**. Lessons 05 and 06 hold their codes
# against both.

# %% tags=["claim"]
# The quiet ones.
quiet, loud = (change[part].mean() for part in np.split(order, [len(order) // 2]))
assert quiet > 1.3 * loud

# %% tags=["claim"]
# the fine detail becomes as loud as the rest, and the random layers behind it mix it into every
# number of the code.
assert all(later > 1.2 * built for built, later in moves)

# %% tags=["claim"]
# With every probe a part of what settling had taken is back, in the mean of the three between two and
# four fifths of it.
was, taken = as_built[-1], settled[-1]
back = [(loud_again[probe] - taken[probe]) / (was[probe] - taken[probe]) for probe in was]
assert all(0.15 < share < 0.95 for share in back) and 0.4 < np.mean(back) < 0.8

# %% [markdown]
# A second control keeps us honest about *size*. The code has 64 numbers; the random map, lined up,
# has many more. **Predict** what a linear probe makes of all of them.

# %%
image, (feature_map, code) = untrained.input, untrained.outputs
whole_map = keras.Model(image, keras.layers.Flatten()(feature_map))
on_map = evaluation.linear(evaluation.frozen_codes(whole_map, images))
print(f"map of {whole_map.output.shape[1]}: linear probe {on_map:.2f}")

# %% [markdown]
# With a linear probe the map is far ahead of the code, and of the pixels, without any training. It
# is not their number alone that helps: thousands of *weighted sums* of the pixels would offer a
# line nothing that it did not have before. But behind a nonlinearity, such as a ReLU, each number of
# the map is a *curved* function of the pixels, and among many of these a line finds what it needs.
# The random layers behind the map squeeze them into 64 numbers, blindly, and most of it gets out of
# a line's reach. So compare like with like: *codes of the same length, made by the same network*.
# And here is the room for learning: a better choice of 64 numbers from that map.

# %% tags=["claim"]
# With a linear probe the map is far ahead of the code, and of the pixels, without any training.
assert on_map > max(settled[-1]["linear"], pixels["linear"]) + 0.2

# %% [markdown]
# ## What could go wrong
#
# **A ReLU on the code.** It runs, it trains, and every plot looks fine. Why does the check refuse
# it? **Predict** what happens to the probes when we set the negative half of the codes to 0. The
# sigmoid of the standardised code is there too: through a sigmoid lesson 07 will look at codes.

# %%
some_codes = keras.Model(image, code)(images.x_train[:1000])
standard = (code - np.mean(some_codes, axis=0)) / np.std(some_codes, axis=0)
squashed = {"ReLU": keras.ops.relu(code), "sigmoid": keras.ops.sigmoid(standard)}
rows = {name: judge(name, keras.Model(image, output)) for name, output in squashed.items()}
print("raw", " " * 13, {probe: f"{accuracy:.2f}" for probe, accuracy in settled[-1].items()})

# %% [markdown]
# The ReLU costs the code most with neighbours, which hold all its numbers against each other. With
# ten labels there is not much to lose. Whether an entry was slightly or strongly negative is gone
# for good. The sigmoid costs next to nothing here, two hundredths at most: its entries have the
# deviation 1, and there a sigmoid is not far from straight. **Predict** what it costs a code that
# is a hundred times larger, as codes may become in training.

# %% tags=["claim"]
# The ReLU costs the code most with neighbours
lost = {probe: settled[-1][probe] - rows["ReLU"][probe] for probe in rows["ReLU"]}
assert max(lost, key=lost.get) == "neighbours" and lost["neighbours"] > 0.02

# %% tags=["claim"]
# The sigmoid costs next to nothing here, two hundredths at most
assert all(settled[-1][probe] - rows["sigmoid"][probe] < 0.025 for probe in rows["sigmoid"])

# %%
large = judge("sigmoid of 100 x", keras.Model(image, keras.ops.sigmoid(100 * standard)))

# %% [markdown]
# Of a code that is a hundred times larger the sigmoid leaves hardly more than signs, and every
# probe pays for it. A factor alone no probe minds, since each number is standardised first: what is
# lost is lost in the sigmoid.
#
# So the code stays **raw**: the output of a dense layer, any number. Whoever needs it squashed can
# do so afterwards. What a ReLU cut off nobody can bring back, and what a sigmoid pressed against
# its ends hardly anybody. A *linear* last layer is no weakness: the curves are in the layers
# before it, in whatever nonlinearity follows your convolutions or a hidden dense layer. The last
# layer only takes weighted sums, as a linear probe does.

# %% tags=["claim"]
# Of a code that is a hundred times larger the sigmoid leaves hardly more than signs, and every probe
# pays for it.
assert all(large[probe] < settled[-1][probe] - 0.01 for probe in large)

# %% [markdown]
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. You change the padding of all layers from "valid" to "same". What happens to the square that a location sees?
#
# <details><summary>It grows by the padding.</summary>The *map* grows. The square keeps its side: it
# depends on kernels and strides alone. Look at the arguments that `receptive_field` uses.</details>
# <details><summary>It keeps its side, and may reach past the border.</summary>Right. There it sees the
# zeros that were added.</details>
# <details><summary>All locations see the whole image.</summary>That would need larger kernels, more
# strides, or a dense layer. The code sees the whole image; a location does not.</details>
#
# #### 2. The map has the shape [N, 5, 5, 64]. What is one location?
#
# <details><summary>One of 64 pictures of 5×5.</summary>That is a channel: one filter's answer at
# every location.</details>
# <details><summary>A vector of 64 numbers about one neighbourhood.</summary>Right, and there are 25 of
# them for each image. Lesson 06 holds each of them against the code.</details>
# <details><summary>One number.</summary>One number is one filter at one place. A location holds the
# answers of all 64 filters.</details>
#
# #### 3. An encoder trained without labels reaches 45 percent with a linear probe on these digits. What do you conclude?
#
# <details><summary>It works: guessing gives 10.</summary>Guessing is no control. See above what a
# random encoder reaches.</details>
# <details><summary>Nothing yet.</summary>Right. Random encoders of the same shape are the control,
# several of them, settled or not as it was.</details>
# <details><summary>It beats the pixels, so it learnt something.</summary>So did our random ones as built,
# in their mean, and they learnt nothing.</details>
#
# ## In this lesson we saw
#
# - the **feature map**, a vector of channels for each location, and the **code**, one raw vector
#   for the image, computed from the map;
# - the **receptive field**: a square whose side follows from kernels and strides, and which a
#   gradient shows;
# - that batch normalisation judges by stored averages, and that they have to be **settled** first;
# - the **control**: what random weights, the same architecture and the same probe already give, as
#   built and settled, which are not the same.
#
# **Next**: lesson 05 trains the encoder for the first time, by the most obvious objective: map and
# code of the same image should know of each other. The result will surprise you.

# %%
check.progress()
