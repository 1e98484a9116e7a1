# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 06 The local objective
#
# **Afterwards you can**
#
# - say how Deep InfoMax turns one big question about an image into many small ones;
# - write both critics of the paper for a feature map, and say why one costs a hundred times more;
# - write the local JSD and InfoNCE objectives, and say who competes with whom in each;
# - read from a trained critic *where* in an image it recognises the image.
#
# **Time** about 40 minutes. **You need** lessons 02 (bounds), 03 (feature map and code) and 04 (the
# global objective).

# %%
import math
import time

import numpy as np
from matplotlib.patches import Rectangle

from dimlearn import DeepInfoMax, bounds, build_encoder, check, data
from dimlearn.pictures import LiveTraining, canvas, explorer, show
from dimlearn.pictures.style import BLUE, GREEN, GREY, ORANGE
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## One big question, many small ones
#
# Lesson 05 asked one question about each pair: *do this whole feature map and this code come from
# the same image?* The **local** objective asks at every location of the map: *do these features,
# of one small patch, and this code come from the same image?* It is the paper's main idea (Hjelm et
# al. 2019, section 3.2, [arXiv 1808.06670](https://arxiv.org/abs/1808.06670)).

# %%
images = data.load(limit=2560)
keras.utils.set_random_seed(run_seed())
encoder = build_encoder(images.image_shape, code_dim=64)
batch = images.x_train[::40]
feature_map, code = encoder(batch)
print("images:", images.name)
print("feature map [N, M, M, C]:", feature_map.shape, "  code [N, D]:", code.shape)

# %% [markdown]
# The map has $M \times M$ locations with $C$ numbers each, its channels, and the code has $D$
# numbers.
#
# How much of the image does a location see? The functions of lesson 04 know (yours if they are
# solved, otherwise ours: the cell prints which). These are the two convolutions of the encoder, as
# (kernel, stride, padding):

# %%
receptive_field = check.yours("receptive_field")
feature_map_size = check.yours("feature_map_size")
convolutions = [(4, 2, "valid"), (4, 2, "valid")]
side, jump = receptive_field(convolutions), 2 * 2
M = feature_map_size(batch.shape[1], convolutions)
print(f"{M} x {M} locations, each sees {side} x {side} pixels, {jump} pixels from its neighbour")

# %% [markdown]
# Here is one image with the fields of two locations framed, and beside it what all its $L = M^2$
# locations see, each in its place. The fields overlap.

# %%
window, strides = [1, side, side, 1], [1, jump, jump, 1]
patches = tf.image.extract_patches(batch, window, strides, [1, 1, 1, 1], "VALID")
patches = tf.reshape(patches, [len(batch), M, M, side, side, -1]).numpy()
mosaic = np.ones([M * (side + 1), M * (side + 1), patches.shape[-1]])
for row, column in np.ndindex(M, M):
    y, x = row * (side + 1), column * (side + 1)
    mosaic[y : y + side, x : x + side] = patches[0, row, column]


# %%
def frame(axis, row, column, distance, color):
    """The field of a location, where neighbours are `distance` pixels apart."""
    corner = (column * distance - 0.5, row * distance - 0.5)
    axis.add_patch(Rectangle(corner, side, side, fill=False, color=color, linewidth=3))


# %%
figure, axes = canvas(2, width=3.4, height=3.4)
titles = ("the image", "what each location sees")
for axis, picture, distance, title in zip(axes, (batch[0], mosaic), (jump, side + 1), titles):
    axis.imshow(picture.squeeze(), cmap="gray", vmin=0, vmax=1)
    frame(axis, 0, 0, distance, BLUE)
    frame(axis, 2, 3, distance, ORANGE)
    axis.set(title=title)
    axis.set_axis_off()
show(figure, """Left a handwritten figure with two square frames, one in its empty corner and one
on its strokes. Right a mosaic of the patches that all locations see, these two framed.""")


# %% [markdown]
# **Predict**, and keep your answers until the end: from which patches could *you* tell which of 64
# images it was cut from? From which could nobody?
#
# The drawing below compares the two objectives. On the left the whole map is one thing, and the
# pair (map, code) is one pair. On the right every location makes a pair with the same code.

# %%
def map_and_code(axis, title):
    axis.imshow(np.array(feature_map[0]).mean(axis=-1), cmap="Greys", alpha=0.6)
    axis.add_patch(Rectangle((M + 2.6, -0.5), 0.6, M, color=BLUE))
    axis.text(M + 2.9, M, "code", ha="center", va="center", color=BLUE)
    axis.set(xlim=(-0.6, M + 4), ylim=(M + 0.4, -0.6), title=title)
    axis.set_axis_off()


# %%
figure, axes = canvas(2, width=4.2, height=2.8)
middle = (M - 1) / 2
map_and_code(axes[0], "global: one pair")
map_and_code(axes[1], "local: a pair for each location")
axes[0].add_patch(Rectangle((-0.5, -0.5), M, M, fill=False, color=ORANGE, linewidth=3))
axes[0].plot([M - 0.5, M + 2.6], [middle, middle], color=ORANGE, linewidth=3)
for row, column in np.ndindex(M, M):
    axes[1].plot([column, M + 2.6], [row, middle], "o-", color=ORANGE, markersize=3, linewidth=0.8)
show(figure, """Two drawings of a feature map and a code. Left, one thick line joins the frame of
the whole map to the code. Right, every location is joined to the code by a line of its own.""")

# %% [markdown]
# In a formula, with $\mathcal{I}$ a bound of lesson 02, $M^2 = L$ locations, $C_l(x)$ the
# features of image $x$ at location $l$ (all its channels, a vector; the paper writes the map with
# the same letter as we their number) and $E(x)$ its code (the paper's Eq. 6):
#
# $$\max \; \frac{1}{M^2} \sum_{l=1}^{M^2} \mathcal{I}\big(C_l(x);\, E(x)\big).$$
#
# The code gets $L$ small marks, one for each patch. Something that only one patch knows, a
# speck, helps with one mark; something that many patches share, such as the pen, the
# slant, or which figure is being drawn, helps with many. That is the hope; at the end we measure.
#
# ## First critic: concat-and-convolve
#
# A critic must see features and code together. The first way: put the code behind the channels *at
# every location*, and let a small network look at each location. The same small network at each
# location is a **1x1 convolution**.
#
# By hand, for a map of 2 x 2 locations with one channel, and a code of two numbers:

# %%
tiny_map = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
tiny_code = np.array([[0.7, 0.9]])
wanted = [[[1, 0.7, 0.9], [2, 0.7, 0.9]], [[3, 0.7, 0.9], [4, 0.7, 0.9]]]
print("from", tiny_map.shape, "and", tiny_code.shape, "to", np.array([wanted]).shape)


# %% [markdown]
# Every location has kept its own number, and all have the same code behind it.
#
# ### Exercise 1: `attach_code`, faded
#
# *Easy, 5 minutes. Stuck? `check.hint("attach_code")`, then `check.solution("attach_code")`; you
# may also move on.* The code has no height and no width; the first line gives it both, of length 1.
# Go on from there, in TensorFlow: the encoder will be trained through this function.

# %% tags=["solution"]
def attach_code(feature_map, code):
    """The code at every location: [N, M, M, C], [N, D] -> [N, M, M, C + D]."""
    code = code[:, None, None, :]  # [N, 1, 1, D]
    # Yours: repeat the code at every location (`tf.tile`), then `tf.concat`.
    m = feature_map.shape[1]
    return tf.concat([feature_map, tf.tile(code, [1, m, m, 1])], axis=-1)


# %% tags=["nbval-check-output"]
feedback = check.attach_code(attach_code)
attach = feedback.use
feedback

# %% [markdown]
# What it makes of our image: four of the planes of the result, two on each side of the seam.
# An untrained code has tiny numbers, so each side gets a scale of its own.

# %%
joined = attach(feature_map, code)
C, D = feature_map.shape[-1], code.shape[-1]
print(f"largest feature {np.max(feature_map[0]):.4f}")
print(f"largest number of the code {np.max(code[0]):.4f}")

# %%
figure, axes = canvas(4, width=1.9, height=2.1)
for axis, index in zip(axes, range(C - 2, C + 2)):
    color, scale = (ORANGE, joined[0, :, :, C - 2 : C]) if index < C else (BLUE, code[0])
    low, high = np.min(scale), np.max(scale)
    axis.imshow(joined[0, :, :, index], cmap="Greys", vmin=low, vmax=high)
    axis.add_patch(Rectangle((-0.5, -0.5), M, M, fill=False, color=color, linewidth=3))
    axis.set_title(f"plane {index}", fontsize=9, color=color)
    axis.set_axis_off()
show(figure, """Four planes of the joined map: the two before the seam differ from place to place,
the two behind it have one shade each, a number of the code.""")

# %% [markdown]
# The features (orange) differ from place to place; a number of the code (blue) is the same
# everywhere. The critic is then three 1x1 convolutions, as in the paper (which takes 512 channels
# where we take 128):

# %%
concat_critic = keras.Sequential(
    [keras.layers.Conv2D(units, 1, activation="relu") for units in (128, 128)]
    + [keras.layers.Conv2D(1, 1)]
)
print("scores of the positive pairs:", concat_critic(joined).shape)


# %% [markdown]
# Those are the positive pairs alone. For the negative ones every code has to be attached to the
# map of every other image, $N^2$ maps in all:

# %%
def concat_scores(feature_map, code):
    """Every code with every location of every image: [N, N, L]."""
    n = len(code)
    every_map = tf.tile(feature_map, [n, 1, 1, 1])  # 0, 1, 2, ... , 0, 1, 2, ...
    every_code = tf.repeat(code, n, axis=0)  # 0, 0, 0, ... , 1, 1, 1, ...
    return tf.reshape(concat_critic(attach(every_map, every_code)), [n, n, -1])


print("scores of all pairs [N, N, L]:", concat_scores(feature_map[:8], code[:8]).shape)


# %% [markdown]
# **The convention of the course**: `scores[i, j, l]` is the score of code $i$ with location $l$
# of image $j$. Here it is as a picture, for four images. Each block of little squares is one pair
# of a code and an image, each little square a location. **Predict** which squares are positive.

# %%
def draw_pairs(kinds, title, n=4):
    """A picture of scores `[N, N, L]`: `kinds` 1 for positive, -1 for negative, 0 for unused."""
    figure, axis = canvas(width=4.4, height=3.6)
    colors = {1: BLUE, -1: ORANGE, 0: "#dddddd"}
    for i, j, l in np.ndindex(kinds.shape):
        x, y = j + 0.85 * (l % M) / M, i + 0.85 * (l // M) / M
        square = Rectangle((x, y), 0.65 / M, 0.65 / M, color=colors[kinds[i, j, l]], linewidth=0)
        axis.add_patch(square)
    axis.set(xlim=(-0.1, n), ylim=(n, -0.1), aspect="equal", title=title)
    axis.set(xlabel="image j and its locations l", ylabel="code i")
    axis.set_xticks(np.arange(n) + 0.4, range(n))
    axis.set_yticks(np.arange(n) + 0.4, range(n))
    return figure


# %%
kinds = np.full([4, 4, M * M], -1)
for i in range(4):
    kinds[i, i] = 1
show(draw_pairs(kinds, "JSD: blue positive, orange negative"), """Four by four blocks of small
squares. The blocks on the diagonal are blue, positive at every location, all others orange.""")


# %% [markdown]
# All locations of an image's *own* block are positive: $NL$ positive and $N(N-1)L$ negative pairs.
#
# ## Second critic: encode-and-dot-product
#
# The other way lets features and code meet only at the very end. One network turns each
# location's features into a vector $\psi_{jl}$ of $U$ numbers, another each code into a vector
# $\varphi_i$ of as many, and the score is their inner product:
#
# $$s_{ijl} = \varphi_i \cdot \psi_{jl} = \sum_{u=1}^{U} \varphi_{iu}\, \psi_{jlu}.$$
#
# ### Exercise 2: `local_scores`, free
#
# *Easy, 4 minutes.* The vectors are given: `local_features` is $\psi$, of shape `[N, L, U]`, and
# `code_features` is $\varphi$, `[N, U]`. (`tf.einsum` takes the formula almost as it stands.)

# %% tags=["solution"]
def local_scores(local_features, code_features):
    """[N, L, U], [N, U] -> [N, N, L]: scores[i, j, l] of code i with location l of image j."""
    return tf.einsum("jlu,iu->ijl", local_features, code_features)


# %% tags=["nbval-check-output"]
feedback = check.local_scores(local_scores)
scores_of = feedback.use
feedback

# %% [markdown]
# With two dense layers it is a critic:

# %%
feature_side, code_side = keras.layers.Dense(128), keras.layers.Dense(128)


def dot_scores(feature_map, code):
    """Every code with every location of every image: [N, N, L]."""
    features = tf.reshape(feature_map, [len(code), M * M, C])
    return scores_of(feature_side(features), code_side(code)) / math.sqrt(128)


print("scores of all pairs [N, N, L]:", dot_scores(feature_map, code).shape)

# %% [markdown]
# (A sum of $U$ products of either sign grows like the root of $U$. Divided by it, the scores of an
# untrained critic have the same size whatever $U$; Bachman et al. 2019,
# [1906.00910](https://arxiv.org/abs/1906.00910).)
#
# ## What do they cost?
#
# Both critics give `[N, N, L]` scores with layers of $U = 128$ units: in the concat critic $U$ is
# the width of the two hidden layers, in the dot product the length of the vectors. **Predict**: for
# a batch of 64 images, how many times more multiplications does concat-and-convolve need? And does
# that ratio grow with the batch?
#
# Count them. A dense layer (or 1x1 convolution) from $a$ to $b$ numbers multiplies $a \cdot b$
# times.

# %%
L, U = M * M, 128


def concat_multiplications(n):
    each_pair = (C + D) * U + U * U + U  # three layers
    return n * n * L * each_pair


def dot_multiplications(n):
    return n * L * C * U + n * D * U + n * n * L * U  # two layers, then the inner products


# %%
def milliseconds(score, n, repeats=3):
    """The fastest of a few runs, after one that does not count."""
    score(feature_map[:n], code[:n])
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        score(feature_map[:n], code[:n]).numpy()
        seconds.append(time.perf_counter() - began)
    return 1000 * min(seconds)


# %%
for n in (16, 64):
    concat, dot = concat_multiplications(n), dot_multiplications(n)
    print(f"N = {n}, {n * n * L} scores")
    print(f"  concat-and-convolve {concat / 1e6:6.0f} million, "
          f"{milliseconds(concat_scores, n):6.1f} ms")  # fmt: skip
    print(f"  encode-and-dot      {dot / 1e6:6.0f} million, "
          f"{milliseconds(dot_scores, n):6.1f} ms   ({concat / dot:.0f} times fewer)")  # fmt: skip

# %% [markdown]
# Concat runs its network on every *pair*, $N^2 L$ times. The dot product runs one network on every
# location and one on every code, $NL + N$ times; a pair costs only $U$ multiplications instead of
# $(C + D)U + U^2 + U$. So the ratio grows with the batch, but not for ever: in a large batch the
# pairs are nearly all of the work on both sides, and the ratio levels off at $C + D + U + 1$.
# (Times depend on the machine; counts do not.)

# %%
for n in (256, 4096):
    print(f"N = {n}: {concat_multiplications(n) / dot_multiplications(n):.0f} times fewer")
print("C + D + U + 1 =", C + D + U + 1)


# %% [markdown]
# The price: features and code can't interact before the inner product. The library has both
# (`DeepInfoMax(critic="concat")`, with the first layer computed once for each part and added up,
# nothing tiled); its default is the dot product.
#
# ## The objective: JSD at every location
#
# Nothing is new here but an axis. With sp the softplus, over the blue and the orange squares above:
#
# $$\mathcal{I}_{\mathrm{JSD}} = \frac{1}{N L} \sum_{i, l} -\mathrm{sp}(-s_{iil})
# \;-\; \frac{1}{N (N-1) L} \sum_{i \ne j,\, l} \mathrm{sp}(s_{ijl}).$$
#
# ### Exercise 3: `local_jsd`, free
#
# *Medium, 6 minutes.* Take care with the diagonal: `tf.boolean_mask(scores, mask)` with a *boolean*
# mask of shape `[N, N]`, such as `tf.eye(n, dtype=tf.bool)`, or its opposite `~mask`, picks pairs
# and leaves their locations whole.

# %% tags=["solution"]
def local_jsd(scores):
    """Local JSD objective of scores [N, N, L], to be maximised: a scalar, nats."""
    eye = tf.eye(scores.shape[0], dtype=tf.bool)
    positive, negative = tf.boolean_mask(scores, eye), tf.boolean_mask(scores, ~eye)
    return tf.reduce_mean(-tf.nn.softplus(-positive)) - tf.reduce_mean(tf.nn.softplus(negative))


# %% tags=["nbval-check-output"]
feedback = check.local_jsd(local_jsd)
JSD = feedback.use
feedback

# %% [markdown]
# Two values worth knowing by heart: a critic that knows nothing scores 0 everywhere, and one that
# knows all gives positive pairs high and negative ones low scores.

# %%
knows_nothing = tf.zeros([8, 8, L])
knows_all = 20 * (2 * tf.eye(8)[:, :, None] - 1) * tf.ones([1, 1, L])
print(f"knows nothing: {JSD(knows_nothing):+.3f}   (-2 log 2 = {-2 * math.log(2):+.3f})")
print(f"knows all:     {JSD(knows_all):+.3f}")
print(f"ours, untrained: {JSD(dot_scores(feature_map, code)):+.3f}")

# %% [markdown]
# The untrained critic gives scores near 0, so it stands where ignorance stands, at $-2 \log 2$.
#
# ## The objective: InfoNCE, and who competes with whom
#
# InfoNCE asks a question with several answers, one of them right. In lesson 02: *here is a code;
# which of the $N$ things is its partner?* With locations there is a choice to make. The authors
# ask: *here is code $i$. Which of these patches is from its image?* The candidates are **one**
# location $l$ of image $i$ and **every location of every other image**.

# %%
kinds = np.zeros([4, 4, M * M], int)
kinds[1] = -1
kinds[1, 1] = 0
kinds[1, 1, L // 2] = 1
show(draw_pairs(kinds, "InfoNCE: one question of code 1"), """Only the row of code 1 has colour. One
blue square in its own block, the rest of that block grey, and all squares of the other three
blocks orange.""")


# %% [markdown]
# The other locations of image 1 are grey: they are not asked about in this question, and they must
# not be *wrong* answers, since they do come from the image. So there are $1 + (N-1)L$ candidates,
# and, averaged over all codes and locations,
#
# $$\mathcal{I}_{\mathrm{NCE}} = \frac{1}{NL} \sum_{i,l} \log
# \frac{e^{s_{iil}}}{e^{s_{iil}} + \sum_{j \ne i} \sum_{l'} e^{s_{ijl'}}}
# \;+\; \log\big(1 + (N-1)L\big).$$
#
# ### Exercise 4: `local_infonce`, free
#
# *Hard, 10 minutes.* The second part of the denominator is the same for every $l$: one number for
# each code, so shape `[N, 1]` beside the positives' `[N, L]`. Keep exponentials inside
# `tf.reduce_logsumexp` and `tf.nn.softplus`, so that large scores do not overflow:
# $\log \frac{e^a}{e^a + e^b} = -\mathrm{sp}(b - a)$.

# %% tags=["solution"]
def local_infonce(scores):
    """Local InfoNCE of scores [N, N, L], to be maximised: a scalar, nats."""
    n, _, places = scores.shape
    eye = tf.eye(n, dtype=tf.bool)
    own = tf.boolean_mask(scores, eye)  # [N, L]
    others = tf.reshape(tf.boolean_mask(scores, ~eye), [n, (n - 1) * places])
    others = tf.reduce_logsumexp(others, axis=1, keepdims=True)  # [N, 1]
    return tf.reduce_mean(-tf.nn.softplus(others - own)) + math.log(1 + (n - 1) * places)


# %% tags=["nbval-check-output"]
feedback = check.local_infonce(local_infonce)
NCE = feedback.use
feedback

# %% [markdown]
# One may ask the other way round: *here is location $l$ of image $j$. Which of the $N$ **codes**
# belongs to it?* Mutual information is symmetric, so this bounds the same thing. The library has it
# as `bounds.local_infonce_codes`, and its comparisons (lesson 09) use it.

# %%
kinds = np.zeros([4, 4, M * M], int)
kinds[:, 2, L // 2] = -1
kinds[2, 2, L // 2] = 1
show(draw_pairs(kinds, "InfoNCE over the codes: one question of image 2"), """One square of image 2
is blue in the row of code 2 and orange in the other three rows. All else is grey.""")

# %% [markdown]
# **Predict** the two values for the critics that know nothing and everything, with $N = 8$.

# %%
for name, objective in {"InfoNCE": NCE, "over the codes": bounds.local_infonce_codes}.items():
    print(f"{name:15} knows nothing {objective(knows_nothing):.3f}, "
          f"knows all {objective(knows_all):.3f}")  # fmt: skip
print(f"log(1 + 7 L) = {math.log(1 + 7 * L):.3f}, log 8 = {math.log(8):.3f}")

# %% [markdown]
# Both begin at 0, and each stops at the log of its number of candidates. So a value of one can't be
# compared with a value of the other, nor with JSD, which is never above 0. What can be compared is
# what the codes are good for.
#
# What else differs? A softmax only sees differences among its candidates. We make some
# *patches* popular, raising their scores with every code; then some *codes*, raising their scores
# with every patch. **Predict** which objective notices which.

# %%
rng = np.random.default_rng(run_seed())
popular_patches = rng.normal(size=(1, 64, L)).astype("float32")
popular_codes = rng.normal(size=(64, 1, 1)).astype("float32")
scores = dot_scores(feature_map, code)
for name, objective in {"InfoNCE": NCE, "over the codes": bounds.local_infonce_codes}.items():
    print(f"{name:15} {objective(scores):+.3f}, popular patches "
          f"{objective(scores + popular_patches):+.3f}, popular codes "
          f"{objective(scores + popular_codes):+.3f}")  # fmt: skip


# %% [markdown]
# Yours compares patches for a given code, so it notices popular patches: an empty corner that fits
# every image is a wrong answer in nearly all questions, and the critic has to learn to score it
# low. Over the codes such a patch is only ever compared with itself, and its popularity drops out.
# With popular codes it is the other way round: yours compares such a code only with itself and does
# not notice, while over the codes a code that fits every patch is the wrong answer to nearly all
# questions, and the value falls below 0, that of knowing nothing.
#
# ## Training, and a fair comparison
#
# `DeepInfoMax` trains encoder and critic together with any objective that you give it (you will
# write its step in lesson 08). Its critic is the dot product, with one more layer on each side.
# Four encoders begin with the same weights and see the same images equally often: one with the
# global objective of lesson 05, two with *your* local ones, one with InfoNCE over the codes.
# (`alpha` and `beta` are the weights of the global and the local objective. There is a third,
# `gamma`, for the prior of lesson 07; it is 0 unless given, so here it plays no part.)
#
# Such a short training needs one change: the running averages of batch normalisation must settle
# faster than usual, or the encoder would be evaluated with statistics from before it was trained.

# %%
def new_encoder():
    keras.utils.set_random_seed(run_seed(1))
    encoder = build_encoder(images.image_shape, code_dim=64)
    for layer in encoder.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9
    return encoder


# %%
def train(epochs=3, **objective):
    """A trained model; `objective` is what `DeepInfoMax` is told."""
    model = DeepInfoMax(new_encoder(), **objective)
    model.compile(keras.optimizers.Adam(1e-3))
    term = "global_bound" if model.alpha else "local_bound"
    live = LiveTraining({term: term.replace("_", " ")})
    model.fit(images.x_train, epochs=epochs, batch_size=32, verbose=0, callbacks=[live])
    return model


# %% [markdown]
# The judge is a **linear probe**: logistic regression on frozen codes, with 2,000 labels, tested on
# images that no encoder has seen. The encoder with its first weights and the pixels are judged too.
# (Judging both takes some seconds, on a busy machine half a minute.)

# %%
from sklearn.linear_model import LogisticRegression

from dimlearn.evaluation import encode, standardize


# %%
def probe(vectors_of):
    """Test accuracy of a linear classifier; `vectors_of` turns images into vectors."""
    train, test = standardize(vectors_of(images.x_train[:2000]), vectors_of(images.x_test))
    classifier = LogisticRegression(C=0.1, max_iter=500).fit(train, images.y_train[:2000])
    return classifier.score(test, images.y_test)


# %%
accuracy = {"pixels": probe(lambda x: x.reshape(len(x), -1))}
print("The pixels are judged.")
accuracy["random encoder"] = probe(lambda x: encode(new_encoder(), x))
print("So is the random encoder.")

# %% [markdown]
# **Predict** the order of the six, then train. Each training takes five to ten seconds on an idle
# machine, and twenty or more on a busy one.

# %%
model = train(alpha=1, beta=0, bound="jsd")
global_value = model.history.history["global_bound"][-1]
accuracy["global JSD"] = probe(lambda x: encode(model.encoder, x))

# %%
model = train(local_bound=JSD)
local_values = model.history.history["local_bound"]
accuracy["local JSD"] = probe(lambda x: encode(model.encoder, x))

# %%
model = train(local_bound=NCE)
accuracy["local InfoNCE"] = probe(lambda x: encode(model.encoder, x))

# %%
model = train(local_bound=bounds.local_infonce_codes)
accuracy["local, over the codes"] = probe(lambda x: encode(model.encoder, x))

# %%
figure, axis = canvas(width=5.5, height=2.9)
colors = [GREY, GREY, ORANGE, BLUE, BLUE, BLUE]
bars = axis.barh(list(accuracy), [100 * a for a in accuracy.values()], color=colors)
axis.bar_label(bars, fmt="%.0f", padding=3)
axis.invert_yaxis()
axis.set(xlabel="test accuracy of a linear probe in percent", ylabel="what it was given")
axis.set_xlim(0, 100)
told = ", ".join(f"{name} {100 * a:.0f}" for name, a in accuracy.items())
show(figure, f"Six bars of test accuracy in percent: {told}.")

# %%
print("images:", images.name)
print(f"JSD, at best 0: global {global_value:.2f}, local {local_values[-1]:.2f}")

# %% [markdown]
# All three local codes are ahead of the pixels, of the random encoder and of the global code, with
# the same encoder, the same images and the same number of steps. (On `digits`, the bundled data,
# they are far ahead: there each figure is drawn at a random place, size and slant, so that a single
# pixel says little, and a linear classifier on pixels does badly. On `mnist`, where the figures are
# centred and even pixels do well, it is by a few points.) Their order among themselves means
# little: this is one short run each, and another seed may turn it round.
#
# Look at the two JSD values. The global question is nearly answered, and still that code is closer
# to the random encoder's than to the local ones: **answering it does not take a good code**. The
# local questions are far from answered, so there is more to be learnt from them. (One short run on
# one data set. The README has longer runs and more controls; the paper found the same order on
# harder images, its Tables 1 and 2.)
#
# ## Where is an image recognised?
#
# The last model (InfoNCE over the codes) has a trained critic: we can ask it about images that it
# was not trained on. First the scores themselves, `scores[i, j, l]`, with the strokes of the image
# as lines. Blue is a high score, red a low one. This objective only compares codes *at the same
# patch* (popular patches dropped out), so a colour by itself says nothing: compare the squares at
# the same place of the same image, down a column.

# %%
held_out = images.x_validation[:64]
held_map, held_code = model.encoder(held_out, training=False)
features = tf.reshape(held_map, [len(held_out), L, C])
scores = model.local_critic(features, held_code).numpy()
print("scores [N, N, L]:", scores.shape)

# %%
size = held_out.shape[1]
step = size + 2  # from one image to the next, in the pictures below


# %%
def heat_map(axis, image, values, lowest, highest, colors, place=(0, 0)):
    """Values `[L]`, each on the middle of the patch its location sees; the strokes as lines."""
    x, y = place
    axis.add_patch(Rectangle(place, size, size, fill=False, color=GREY))
    left, top, width = x + (side - jump) / 2, y + (side - jump) / 2, M * jump
    heat = axis.imshow(values.reshape(M, M), cmap=colors, vmin=lowest, vmax=highest,
                       extent=(left, left + width, top + width, top))  # fmt: skip
    pixels = np.arange(size) + 0.5
    axis.contour(x + pixels, y + pixels, image.mean(axis=-1), [0.4], colors="black", linewidths=1)
    return heat


# %%
own_wins = (scores[:4, :4].argmax(axis=0) == np.arange(4)[:, None]).mean()
print(f"the image's own code has the highest of the four scores at {own_wins:.0%} of the places")

# %%
figure, axis = canvas(width=6.4, height=5.6)
limit = np.abs(scores[:4, :4]).max()
for i, j in np.ndindex(4, 4):
    heat = heat_map(axis, held_out[j], scores[i, j], -limit, limit, "RdBu", (j * step, i * step))
axis.set(xlim=(-1, 4 * step), ylim=(4 * step, -1), xlabel="image j", ylabel="code i")
axis.set_xticks(size / 2 + step * np.arange(4), range(4))
axis.set_yticks(size / 2 + step * np.arange(4), range(4))
figure.colorbar(heat, ax=axis, shrink=0.7).set_label("score")
show(figure, f"""Four by four pictures, each image with the scores of one code laid over it. Down a
column, the image's own code has the highest of the four scores at {own_wins:.0%} of the places.""")

# %% [markdown]
# It is the picture of the pairs from above, now filled in by a trained critic. Go down a column: at
# most places the image's own code has the bluest square. Where another code comes close, the two
# images look alike there.
#
# More telling than a score is the answer to the question that was trained: the probability, for
# each location, that the critic picks the right one of the 64 codes. **Predict** where it is high.

# %%
probability = tf.nn.softmax(scores, axis=0).numpy()  # over the codes
right = np.einsum("jjl->jl", probability)  # [N, L]: for each image and location, the right code

# %%
figure, axis = canvas(width=9, height=3.2)
for k in range(12):
    place = (k % 6 * step, k // 6 * step)
    heat = heat_map(axis, held_out[k], right[k], 0, right.max(), "Blues", place)
axis.set(xlim=(-1, 6 * step), ylim=(2 * step, -1))
axis.set_axis_off()
figure.colorbar(heat, ax=axis, shrink=0.8).set_label("probability of the right code")
show(figure, """Twelve images with a heat map each: the probability of the right code is high on
telling strokes and low over the empty margin.""")

# %%
print(f"by chance {1 / len(held_out):.3f}, mean over all locations {right.mean():.3f}")

# %% [markdown]
# It is no single place that gives an image away, and no place does so surely: the probability is
# far above chance on many strokes, and near chance over the margin. Is it really the empty patches
# that tell nothing? Not by eye: sort all $64 L$ patches by their mean brightness.

# %%
windows = tf.image.extract_patches(held_out, window, [1, jump, jump, 1], [1, 1, 1, 1], "VALID")
brightness = tf.reduce_mean(windows, axis=-1).numpy().ravel()
groups = np.array_split(np.argsort(brightness), 10)
light = [brightness[g].mean() for g in groups]
found = [right.ravel()[g].mean() for g in groups]

# %%
figure, axis = canvas(width=4.8)
axis.plot(light, found, "o-", color=BLUE, label="a tenth of the patches")
axis.axhline(1 / len(held_out), color=GREEN, linestyle="--", label="chance")
axis.set(xlabel="mean brightness of the patch (0 to 1)", ylabel="probability of the right code")
axis.set_ylim(0, None)
axis.legend(frameon=False)
show(figure, f"""The probability of the right code against the brightness of the patch:
{found[0]:.2f} for the emptiest tenth, up to {max(found):.2f} for brighter ones; chance is
{1 / len(right):.2f}.""")

# %% [markdown]
# Some ups and downs aside: the emptier the patch, the less it tells. Yet the emptiest are above
# chance too. How can blank
# paper tell anything? Perhaps because some images have more of it. That can be tested: blank
# patches all have the same features, so each code has *one* probability for all of them. Is it
# higher for images with many blank patches?

# %%
blank = brightness.reshape(right.shape) <= brightness.min()
image, place = np.argwhere(blank)[0]
for_blank = probability[:, image, place]  # [N]: the probability of each code for a blank patch
print("images with a blank patch:", blank.any(axis=1).sum(), "of", len(blank))
print(f"correlation with the number of blank patches: "
      f"{np.corrcoef(for_blank, blank.sum(axis=1))[0, 1]:+.2f}")  # fmt: skip

# %% [markdown]
# It is. Blank paper speaks for images with much blank paper.
#
# Walk through the scores yourself: choose a code and an image. With the same number for both you
# see a positive pair.

# %%
highest = np.abs(scores[:16, :16]).max()


def pair(code, image):
    figure, axis = canvas(width=3.6, height=3)
    heat = heat_map(axis, held_out[image], scores[code, image], -highest, highest, "RdBu")
    axis.set(xlim=(0, size), ylim=(size, 0), title=f"code {code}, image {image}")
    axis.set_axis_off()
    figure.colorbar(heat, ax=axis).set_label("score")
    return show(figure, f"Image {image} with the scores of code {code} at its locations: mean "
                f"{scores[code, image].mean():.1f}.")  # fmt: skip


# %%
explorer(pair, code=(0, 15, 1, 5), image=(0, 15, 1, 5))

# %% [markdown]
# ## What could go wrong
#
# Equation 6 of the paper has a $1/M^2$ in front, so it is tempting to write one. Read the code and
# say what is wrong with it, before you read the text above it.

# %%
check.explain("local_jsd.divided_twice")


# %% [markdown]
# **Predict**: what happens to the training? Below, two rounds through the images with
# this objective, about as slow as the trainings above, and the second round of your own from above.

# %%
def divided_twice(scores):
    return JSD(scores) / scores.shape[2]


wrong = train(local_bound=divided_twice, epochs=2)
wrong_value = wrong.history.history["local_bound"][1]

# %%
print(f"yours: {local_values[1]:.3f}, divided twice: {wrong_value:.3f}")
print(f"wrong value times L: {wrong_value * L:.3f}")
print(f"best possible: 0, knows nothing: {JSD(knows_nothing):.3f} "
      f"and {divided_twice(knows_nothing):.3f}")  # fmt: skip

# %% [markdown]
# That is the symptom: **the curve looks fine, the number is off.** The wrong value seems nearly
# perfect, since even a critic that knows nothing is close to 0. Times $L$ it is about the right
# one: training went the same way. Adam divides each step by the size of the gradient, so it does
# not notice a factor. Lesson 08 will: there this objective is one term among others, and it would
# count a twenty-fifth of what was asked. *Test an objective on scores whose value you know.*
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. A batch of 64 images, 25 locations. How many positive pairs has the local JSD?
#
# <details><summary>64, one for each image.</summary>That is the global objective. Here every
# location makes a pair with the code: 64 times 25.</details>
# <details><summary>1,600.</summary>Right: 64 times 25 positive ones, averaged, and 64 times 63
# times 25 negative ones, averaged too.</details>
# <details><summary>25, one for each location.</summary>The positives of *one* image. Each image
# of the batch has as many.</details>
#
# #### 2. Why are other locations of the same image no negatives in `local_infonce`?
#
# <details><summary>Because there are too few of them to matter.</summary>There are L - 1 of them
# in every question, and they would matter: however good the critic, L locations of the same image
# would share the probability.</details>
# <details><summary>Because they belong to this code too.</summary>Right. "Which patch is from this
# image?" has them as right answers. Calling them wrong would punish a code for describing all of
# its image.</details>
# <details><summary>They are: everything but the positive pair is a negative.</summary>Read the
# denominator once more: j differs from i. The mistake is in the catalogue, as
# `local_infonce.own_image_among_negatives`.</details>
#
# #### 3. Your local InfoNCE reads 3.0 nats at N = 32, a friend's InfoNCE over the codes 2.5. Whose code is better?
#
# <details><summary>Mine: more nats, more information.</summary>Yours has a ceiling of
# log(1 + 31 L), theirs of log 32. They are answers to different questions.</details>
# <details><summary>The friend's: nearer to its ceiling.</summary>Nearness to a ceiling is no
# measure of a code either: of the two JSD values above the global one was nearer to its ceiling, 0,
# and its code had the lower accuracy.</details>
# <details><summary>These numbers do not say.</summary>Right. Compare codes by what can be done with
# them, with the same probe for both.</details>
#
# #### 4. Why is the dot product so much cheaper than concat-and-convolve?
#
# <details><summary>It looks at fewer pairs.</summary>Both give N x N x L scores.</details>
# <details><summary>Its networks run on parts, not on pairs.</summary>Right: N L + N times instead
# of N x N x L times. Pairs meet in one inner product.</details>
# <details><summary>Its layers are smaller.</summary>In our count both had 128 units.</details>
#
# ## In this lesson we saw
#
# - **local objective**: L small questions share one code; after as many steps its code was better
#   than that of the one big question, which is answered nearly perfectly without a good code;
# - **concat-and-convolve** and **encode-and-dot-product**: scores `[N, N, L]` from both, and a cost
#   that differs by a factor that grows with the batch, up to $C + D + U + 1$;
# - **JSD and InfoNCE on a map**: who is positive, who is negative, and who is not asked;
# - that a trained critic recognises an image at its strokes, and that a factor of $1/L$ hides
#   behind a fine curve.
#
# **Next**: nothing so far says how the codes should be *distributed*. Lesson 07 gives them a shape,
# with a third network and a game.

# %%
check.progress()
